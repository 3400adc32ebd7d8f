import FoundationEssentials
package import RecEngine
import Shop

/// `reports/{job_id}/manifest.json`: everything that decided a job's lists, so that they can be made again bit for bit.
package struct JobManifest: Codable, Sendable, Equatable {
    package static let currentFormat = 2

    /// Version of this format.
    package var format = currentFormat
    package var jobID: String
    package var generation: Int64
    package var modelVersion: String
    /// The highest event id that the job read.
    package var dataCut: Int64
    /// The version of the catalogue before it was read.
    package var catalogueVersion: Int64
    /// CRC-64 of the events up to the cut, hex.
    package var eventsChecksum: String
    /// Users, items, interactions and products that could be sold.
    package var counts: [String: Int]
    /// How the lists were made of scores.
    package var ranking: RankingOptions
    /// Release and commit of the build.
    package var codeVersion: String
    /// Name and version of every package of the build; absent in manifests of builds that did not record them.
    package var packages: [String: String]?
    /// `sellable.npz`, `users.npz` and `lists.npz`.
    package var files: [ModelManifest.File] = []

    enum CodingKeys: String, CodingKey {
        case format
        case jobID = "job_id"
        case generation
        case modelVersion = "model_version"
        case dataCut = "data_cut"
        case catalogueVersion = "catalogue_version"
        case eventsChecksum = "events_crc64"
        case counts
        case ranking
        case codeVersion = "code_version"
        case packages
        case files
    }

    init(_ planned: PlannedJob, options: BatchOptions) {
        jobID = planned.jobID
        generation = planned.generation
        modelVersion = planned.modelVersion
        dataCut = planned.dataCut
        catalogueVersion = planned.catalogueVersion
        eventsChecksum = planned.plan.eventsChecksum
        counts = [
            "users": planned.plan.users, "items": planned.plan.items, "interactions": planned.plan.interactions,
            "sellable": planned.plan.sellable,
        ]
        ranking = planned.ranking
        codeVersion = options.codeVersion
        packages = options.packages
    }
}

/// The files of a job under `reports/{job_id}/`.
package struct JobReports: Sendable {
    /// Of every job's folder.
    package static let prefix = "reports/"
    private static let manifestName = "manifest.json"
    private static let sellableName = "sellable.npz"
    private static let usersName = "users.npz"
    private static let listsName = "lists.npz"
    private static let evaluationName = "evaluation.html"

    private let blobs: any BlobStore

    package init(blobs: any BlobStore) {
        self.blobs = blobs
    }

    static func folder(_ jobID: String) -> String { "\(prefix)\(jobID)" }

    /// The products that can be in this job's lists and those of them that are new: stored by its first holder, read by
    /// every later one.
    package func fixListed(_ listed: ListedItems, _ items: KeyIndex, jobID: String) async throws -> ListedItems {
        func keys(_ set: ItemSet) -> [Int64] { set.items.map { items.keys[Int($0)] } }
        let bytes = try NPZArchive([
            NPYArray(name: "product_key", keys(listed.allowed)), NPYArray(name: "new_product_key", keys(listed.new)),
        ]).serialized()
        let path = "\(Self.folder(jobID))/\(Self.sellableName)"
        do throws(BlobStoreError) {
            try await blobs.put(path, bytes, if: .absent)
            return listed
        } catch {
            guard error.code == .conditionFailed else { throw error }
            return try ListedItems(try await blobs.get(path), items)
        }
    }

    /// Stores the job's users in its order.
    /// - Returns: the order that holds: what an earlier holder of the job has stored, where one has.
    func fixUsers(_ users: KeyIndex, jobID: String) async throws -> KeyIndex {
        let bytes = try NPZArchive([NPYArray(name: "user_key", users.keys)]).serialized()
        do throws(BlobStoreError) {
            try await blobs.put("\(Self.folder(jobID))/\(Self.usersName)", bytes, if: .absent)
            return users
        } catch {
            guard error.code == .conditionFailed else { throw error }
            let stored = try await self.users(jobID: jobID)
            return stored == users.keys ? users : KeyIndex(keys: stored)
        }
    }

    /// The job's users in its order.
    func users(jobID: String) async throws -> [Int64] {
        let path = "\(Self.folder(jobID))/\(Self.usersName)"
        let keys = try NPZArchive(bytes: try await blobs.get(path)).integers("user_key").map(Int64.init)
        guard keys.allSatisfy({ $0 > 0 }) else {
            throw ModelArtifactError(path: path, reason: "holds no keys of users")
        }
        return keys
    }

    /// The products that can be in a job's lists, as its first holder fixed them.
    func listed(jobID: String, items: KeyIndex) async throws -> ListedItems {
        try ListedItems(try await blobs.get("\(Self.folder(jobID))/\(Self.sellableName)"), items)
    }

    /// Writes the page about how the job's models were judged; of two holders' pages the later one stays.
    package func save(evaluationPage html: String, jobID: String) async throws {
        try await blobs.put("\(Self.folder(jobID))/\(Self.evaluationName)", Array(html.utf8))
    }

    /// Writes the manifest after the files that it names.
    package func save(_ draft: JobManifest, _ digests: ListDigests) async throws {
        let folder = Self.folder(draft.jobID)
        var manifest = draft
        for name in [Self.sellableName, Self.usersName] {
            manifest.files.append(ModelManifest.File(name: name, try await blobs.get("\(folder)/\(name)")))
        }
        manifest.files.append(
            try await blobs.put(digests.archive(), as: Self.listsName, in: folder)
        )
        try await blobs.put("\(folder)/\(Self.manifestName)", try ManifestJSON.encode(manifest))
    }

    /// A job's manifest; nil when there is none.
    package func manifest(_ jobID: String) async throws -> JobManifest? {
        let path = "\(Self.folder(jobID))/\(Self.manifestName)"
        let bytes: [UInt8]
        do throws(BlobStoreError) {
            bytes = try await blobs.get(path)
        } catch {
            guard error.code == .notFound else { throw error }
            return nil
        }
        let manifest: JobManifest
        do { manifest = try ManifestJSON.decode(JobManifest.self, from: bytes) } catch {
            throw ModelArtifactError(path: path, reason: "is not a manifest of a job")
        }
        guard manifest.format == JobManifest.currentFormat, manifest.jobID == jobID else {
            throw ModelArtifactError(path: path, reason: "describes \(manifest.jobID), format \(manifest.format)")
        }
        return manifest
    }

    /// The products that could be in lists when these were made.
    package func listed(_ manifest: JobManifest, items: KeyIndex) async throws -> ListedItems {
        try ListedItems(try await file(Self.sellableName, of: manifest), items)
    }

    /// The job's users in its order; nil of a job of a release that did not store them.
    package func users(_ manifest: JobManifest) async throws -> [Int64]? {
        guard manifest.files.contains(where: { $0.name == Self.usersName }) else { return nil }
        return try NPZArchive(bytes: try await file(Self.usersName, of: manifest)).integers("user_key").map(Int64.init)
    }

    /// The digests of the lists as they were written.
    package func digests(_ manifest: JobManifest) async throws -> ListDigests {
        try ListDigests(archive: NPZArchive(bytes: try await file(Self.listsName, of: manifest)))
    }

    private func file(_ name: String, of manifest: JobManifest) async throws -> [UInt8] {
        try await blobs.get(name, of: manifest.files, in: Self.folder(manifest.jobID))
    }
}

/// Items of a data set that may be in lists.
package struct ListedItems: Sendable, Equatable {
    package var allowed: ItemSet
    /// Those that are too new for a model.
    package var new: ItemSet

    package init(allowed: ItemSet, new: ItemSet) {
        self.allowed = allowed
        self.new = new
    }

    fileprivate init(_ bytes: [UInt8], _ items: KeyIndex) throws {
        let archive = try NPZArchive(bytes: bytes)
        func set(_ name: String) throws -> ItemSet {
            ItemSet(
                capacity: items.count,
                try archive.integers(name).compactMap { items.index(of: Int64($0)) }
            )
        }
        self.init(allowed: try set("product_key"), new: try set("new_product_key"))
    }
}
