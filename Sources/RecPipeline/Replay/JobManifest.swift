import FoundationEssentials
package import RecEngine
package import Shop

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
    /// `sellable.npz` and `lists.npz`.
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

    package init(
        job: BatchJob,
        generation: Int64,
        dataset: Dataset,
        bundle: ModelBundle,
        ranking: RankingOptions,
        options: BatchOptions
    ) {
        jobID = job.jobID
        self.generation = generation
        modelVersion = bundle.version
        dataCut = dataset.dataCut
        catalogueVersion = job.catalogueVersion ?? 0
        eventsChecksum = dataset.checksum
        counts = [
            "users": dataset.users.count, "items": dataset.items.count, "interactions": dataset.log.count,
            "sellable": dataset.sellable.count,
        ]
        self.ranking = ranking
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

    /// Writes the page about how the job's models were judged; of two holders' pages the later one stays.
    package func save(evaluationPage html: String, jobID: String) async throws {
        try await blobs.put("\(Self.folder(jobID))/\(Self.evaluationName)", Array(html.utf8))
    }

    /// Writes the manifest after the files that it names.
    package func save(_ draft: JobManifest, _ digests: ListDigests) async throws {
        let folder = Self.folder(draft.jobID)
        var manifest = draft
        let sellable = try await blobs.get("\(folder)/\(Self.sellableName)")
        manifest.files = [
            ModelManifest.File(name: Self.sellableName, sellable),
            try await blobs.put(digests.archive(), as: Self.listsName, in: folder),
        ]
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
