import FoundationEssentials
package import Shop

/// Removes from the store what nothing needs: old models and their features, old data sets, manifests of old jobs, and what
/// failed and killed processes left incomplete.
///
/// A model stays while it is live, while a generation made with it is there for a rollback, while a job that has not ended names
/// it, and while it is among the newest few. Rows are marked before files are deleted, so a version that can be chosen has its
/// files; the manifest goes first, so what is left of a removal that was cut off is never taken for complete.
package struct ArtifactRetention: Sendable {
    private let models: ModelRepository
    private let jobs: BatchJobRepository
    private let erasures: ErasureRepository
    private let blobs: any BlobStore
    private let options: BatchOptions

    /// Files that nothing names may be written at this moment by a process that this database does not know of; after this many
    /// seconds they are what a killed one left. A modification time as far ahead comes from a wrong clock.
    private static let leftoverAge: Double = 86_400

    package init(
        models: ModelRepository,
        jobs: BatchJobRepository,
        erasures: ErasureRepository,
        blobs: any BlobStore,
        options: BatchOptions
    ) {
        self.models = models
        self.jobs = jobs
        self.erasures = erasures
        self.blobs = blobs
        self.options = options
    }

    /// - Returns: the folders that were removed.
    func run() async throws -> [String] {
        _ = try await models.markUnused(retaining: options.keptModels, pinned: options.modelVersion)
        return try await removeErased() + removeReports()
    }

    /// Models that are marked, among them those that hold somebody who was erased, and data sets that are old or do so.
    func removeErased() async throws -> [String] {
        try await erasures.markHeldModels(pinned: options.modelVersion)
        return try await removeModels() + removeSnapshots()
    }

    /// Data sets and models that hold somebody who was erased.
    func held() async throws -> StoredErasure {
        let complete = SnapshotFolders.complete(among: try await blobs.list(prefix: SnapshotWriter.prefix))
        return StoredErasure(
            dataSets: try await held(among: complete).sorted(),
            models: try await erasures.heldModels()
        )
    }

    private func held(among folders: [String]) async throws -> Set<String> {
        let moments = folders.compactMap(SnapshotFolders.moment)
        guard !moments.isEmpty else { return [] }
        let held = try await erasures.held(among: moments)
        return Set(folders.filter { SnapshotFolders.moment(of: $0).map(held.contains) ?? false })
    }

    /// Older complete data sets than the newest few, those that hold somebody who was erased, and those that a killed process left
    /// without their summary. With none to keep, data sets are off: other complete ones stay as they are.
    func removeSnapshots() async throws -> [String] {
        let found = try await folders(SnapshotWriter.prefix)
        let complete = SnapshotFolders.complete(among: found.flatMap(\.objects))
        var old = options.keptSnapshots > 0 ? Set(complete.dropLast(options.keptSnapshots)) : []
        old.formUnion(try await held(among: complete))
        return try await remove(SnapshotWriter.prefix, found) { name, objects in
            let folder = SnapshotWriter.prefix + name
            return old.contains(folder) || !complete.contains(folder) && isAbandoned(objects)
        }
    }

    /// Files of marked models, also those that an earlier call did not get to, and of versions that no row names and no process
    /// can still name.
    private func removeModels() async throws -> [String] {
        let areas = ["models/", "features/"]
        // Listed before the rows are read: a version that is complete by then has its row, one at work its writer.
        var listed: [(area: String, folders: [Folder])] = []
        for area in areas { listed.append((area, try await folders(area))) }
        let makers = listed.flatMap(\.folders).compactMap { Self.maker(of: $0.name)?.jobID }
        let writers = try await jobs.writers(of: Array(Set(makers)))
        let (known, deleted) = try await models.versions()
        var removed: [String] = []
        for (area, folders) in listed {
            removed += try await remove(area, folders) { version, objects in
                if known.contains(version) { return deleted.contains(version) }
                if let maker = Self.maker(of: version), let writer = writers[maker.jobID] {
                    return writer != maker.token
                }
                return isAbandoned(objects)
            }
        }
        return removed
    }

    private func removeReports() async throws -> [String] {
        let kept = try await jobs.withReports(newest: options.keptReports)
        return try await remove(JobReports.prefix, try await folders(JobReports.prefix)) { job, _ in !kept.contains(job)
        }
    }

    /// The job and the fencing token in a version's name, as `ModelTrainer` makes it.
    private static func maker(of version: String) -> (jobID: String, token: Int64)? {
        guard let first = version.firstIndex(of: "-"), let last = version.lastIndex(of: "-"), first < last,
            version[last...].hasPrefix("-t"), let token = Int64(version[last...].dropFirst(2))
        else { return nil }
        return (String(version[version.index(after: first)..<last]), token)
    }

    private func isAbandoned(_ objects: [BlobObject]) -> Bool {
        objects.allSatisfy { abs($0.modified.timeIntervalSinceNow) > Self.leftoverAge }
    }

    // MARK: - Folders

    private typealias Folder = (name: String, objects: [BlobObject])

    /// Objects of an area by the first name after it; those directly in the area belong to no folder.
    private func folders(_ area: String) async throws -> [Folder] {
        var folders: [String: [BlobObject]] = [:]
        for object in try await blobs.list(prefix: area) {
            let rest = object.path.dropFirst(area.count)
            guard let slash = rest.firstIndex(of: "/") else { continue }
            folders[String(rest[..<slash]), default: []].append(object)
        }
        return folders.map { ($0.key, $0.value) }.sorted { $0.name < $1.name }
    }

    private func remove(
        _ area: String,
        _ folders: [Folder],
        where isUnneeded: (String, [BlobObject]) -> Bool
    ) async throws -> [String] {
        var removed: [String] = []
        for (name, objects) in folders where isUnneeded(name, objects) {
            let manifestsFirst =
                objects.filter { $0.path.hasSuffix(".json") } + objects.filter { !$0.path.hasSuffix(".json") }
            for object in manifestsFirst { try await blobs.delete(object.path) }
            removed.append(area + name)
        }
        return removed
    }
}
