import FoundationEssentials
package import Shop

/// Removes from the store what nothing needs: old models and their features, old data sets, manifests of old jobs, and what
/// killed processes left half-written.
///
/// A model stays while it is live, while a generation made with it stands for a rollback, while a job at work names it, and while
/// it is among the newest few. Rows are marked before files go, so a version that can be chosen has its files; the manifest goes
/// first, so what is left of a removal that was cut off is never taken for a whole.
package struct ArtifactRetention: Sendable {
    private let models: ModelRepository
    private let jobs: BatchJobRepository
    private let blobs: any BlobStore

    /// Files without a row may be a fit at work; after this they are what a killed one left.
    private static let leftoverAge: Double = 86_400

    package init(models: ModelRepository, jobs: BatchJobRepository, blobs: any BlobStore) {
        self.models = models
        self.jobs = jobs
        self.blobs = blobs
    }

    /// - Returns: the folders that went.
    func run(_ options: BatchOptions, now: Date = Date()) async throws -> [String] {
        _ = try await models.retire(keep: options.keptModels, pinned: options.modelVersion)
        var gone = try await removeModels(now)
        gone += try await removeSnapshots(keep: options.keptSnapshots, now)
        gone += try await removeReports(keep: options.keptReports)
        return gone
    }

    /// Files of marked models, also those that an earlier call did not get to, and of versions that no row names.
    private func removeModels(_ now: Date) async throws -> [String] {
        let (known, deleted) = try await models.versions()
        var gone: [String] = []
        for area in ["models/", "features/"] {
            for (version, objects) in try await folders(area) {
                let newest = objects.map(\.modified).max() ?? now
                let isLeftover = !known.contains(version) && now.timeIntervalSince(newest) > Self.leftoverAge
                guard deleted.contains(version) || isLeftover else { continue }
                try await remove(objects)
                gone.append(area + version)
            }
        }
        return gone
    }

    /// Older whole data sets than the newest few, and those that a killed process left without their summary. With none to keep,
    /// data sets are off: whole ones stay as they are.
    private func removeSnapshots(keep: Int, _ now: Date) async throws -> [String] {
        let found = try await folders(SnapshotWriter.prefix)
        let whole = SnapshotFolders.complete(among: found.flatMap(\.objects))
        let old = keep > 0 ? Set(whole.dropLast(keep)) : []
        var gone: [String] = []
        for (name, objects) in found {
            let folder = SnapshotWriter.prefix + name
            let newest = objects.map(\.modified).max() ?? now
            let isLeftover = !whole.contains(folder) && now.timeIntervalSince(newest) > Self.leftoverAge
            guard old.contains(folder) || isLeftover else { continue }
            try await remove(objects)
            gone.append(folder)
        }
        return gone
    }

    private func removeReports(keep: Int) async throws -> [String] {
        let kept = try await jobs.withReports(newest: keep)
        var gone: [String] = []
        for (job, objects) in try await folders(JobReports.prefix) where !kept.contains(job) {
            try await remove(objects)
            gone.append(JobReports.prefix + job)
        }
        return gone
    }

    /// Objects of an area by the first name after it; those that lie in the area itself belong to no folder.
    private func folders(_ area: String) async throws -> [(name: String, objects: [BlobObject])] {
        var folders: [String: [BlobObject]] = [:]
        for object in try await blobs.list(prefix: area) {
            let rest = object.path.dropFirst(area.count)
            guard let slash = rest.firstIndex(of: "/") else { continue }
            folders[String(rest[..<slash]), default: []].append(object)
        }
        return folders.map { ($0.key, $0.value) }.sorted { $0.name < $1.name }
    }

    private func remove(_ objects: [BlobObject]) async throws {
        let isIndex = { (object: BlobObject) in object.path.hasSuffix(".json") }
        for object in objects.filter(isIndex) + objects.filter({ !isIndex($0) }) { try await blobs.delete(object.path) }
    }
}
