import FoundationEssentials
import RecEngine
package import Shop
import TextFormats

/// An artifact that is not what its manifest or its row says.
package struct ModelArtifactError: Error, Sendable, CustomStringConvertible {
    package var path: String
    /// What is wrong; the end of a sentence that begins with the path.
    package var reason: String
    package var description: String { "model artifact \(path): \(reason)" }
}

/// Saves and loads bundles: `models/{version}/manifest.json` and the `.npz` files that it names. A version is written by one
/// process only, the holder whose fencing token is in its name.
///
/// The manifest is written last, so a bundle that was cut off while it was saved is never taken for a complete one.
package struct ModelStore: Sendable {
    package let blobs: any BlobStore

    /// Bytes that a bundle may take.
    private let memoryLimit: Int

    package init(blobs: any BlobStore, memoryLimit: Int = InstanceMemory.limit) {
        self.blobs = blobs
        self.memoryLimit = memoryLimit
    }

    private static let itemsName = "items.npz"

    private static func folder(_ version: String) -> String { "models/\(version)" }

    /// Writes the files of what ranks, as the first part of ``save(_:items:productIDs:models:rankerFiles:)``.
    func saveRankers(
        _ version: String,
        discover: any Recommender,
        buyAgain: any Recommender
    ) async throws -> [ModelManifest.File] {
        try await put(BundleModels.rankerArchives(discover: discover, buyAgain: buyAgain), version)
    }

    private func put(_ archives: [(name: String, archive: NPZArchive)], _ version: String) async throws
        -> [ModelManifest.File]
    {
        var files: [ModelManifest.File] = []
        for (name, archive) in archives {
            files.append(try await blobs.put(archive, as: name, in: Self.folder(version)))
        }
        return files
    }

    /// Writes a bundle; the same version again writes the same bytes.
    /// - Parameter rankerFiles: what ``saveRankers(_:discover:buyAgain:)`` has written already; nil to write all files here.
    /// - Returns: the bundle, and the row that names it.
    package func save(
        _ draft: ModelManifest,
        items: KeyIndex,
        productIDs: [String],
        models: BundleModels,
        rankerFiles: [ModelManifest.File]? = nil
    ) async throws -> (ModelBundle, ModelRecord) {
        let folder = Self.folder(draft.version)
        let itemArrays = NPZArchive([
            NPYArray(name: "product_key", items.keys),
            NPYArray(
                name: "product_id",
                shape: [productIDs.count],
                storage: .bytes(productIDs.map { Array($0.utf8) }, width: 64)
            ),
        ])
        var manifest = draft
        let first: [ModelManifest.File]
        if let rankerFiles {
            first = rankerFiles
        } else {
            first = try await saveRankers(draft.version, discover: models.discover, buyAgain: models.buyAgain)
        }
        let archives = models.companionArchives() + [(Self.itemsName, itemArrays)]
        manifest.files = first + (try await put(archives, draft.version))
        manifest.memoryBytes = manifest.files.reduce(0) { $0 + $1.size }
        let bytes = try ManifestJSON.encode(manifest)
        let path = "\(folder)/manifest.json"
        try await blobs.put(path, bytes)
        let record = ModelRecord(
            version: manifest.version,
            algorithm: manifest.algorithm,
            parametersJSON: String(decoding: try ManifestJSON.encode(manifest.parameters), as: UTF8.self),
            metricsJSON: String(decoding: try ManifestJSON.encode(manifest.metrics), as: UTF8.self),
            artifactPath: path,
            sha256: SHA256.hex(of: bytes),
            dataCut: manifest.dataCut
        )
        return (ModelBundle(manifest: manifest, items: items, models: models), record)
    }

    /// Writes `models/current.json`, which says what is live to people and tools that read the store. This program never
    /// reads it: the row in PostgreSQL decides.
    package func exportCurrent(_ model: ModelRecord, generation: Int64) async throws {
        let current = CurrentModel(
            version: model.version,
            manifest: model.artifactPath,
            generation: generation,
            dataCut: model.dataCut
        )
        try await blobs.put("models/current.json", try ManifestJSON.encode(current))
    }

    private struct CurrentModel: Encodable {
        var version: String
        var manifest: String
        var generation: Int64
        var dataCut: Int64

        enum CodingKeys: String, CodingKey {
            case version, manifest, generation
            case dataCut = "data_cut"
        }
    }

    /// The bytes of a model's manifest, checked, for whoever shows it.
    /// - Throws: `ModelLoadError` with a reason for anybody.
    package func manifestBytes(of record: ModelRecord) async throws(ModelLoadError) -> [UInt8] {
        do { return try await checkedManifest(record) } catch { throw ModelLoadError(error, version: record.version) }
    }

    /// The bytes of a model's manifest, after comparing their checksum with the row's.
    private func checkedManifest(_ record: ModelRecord) async throws -> [UInt8] {
        let bytes = try await blobs.get(record.artifactPath)
        guard SHA256.hex(of: bytes) == record.sha256 else {
            throw ModelArtifactError(path: record.artifactPath, reason: "its checksum is not the one that was recorded")
        }
        return bytes
    }

    /// Reads what a model's manifest says, checked against its row.
    package func manifest(_ record: ModelRecord) async throws -> ModelManifest {
        let bytes = try await checkedManifest(record)
        let manifest = try ManifestJSON.decode(ModelManifest.self, from: bytes)
        guard ModelManifest.readableFormats.contains(manifest.format), manifest.version == record.version else {
            throw ModelArtifactError(
                path: record.artifactPath,
                reason: "describes \(manifest.version), format \(manifest.format)"
            )
        }
        return manifest
    }

    /// Reads a bundle, checking every checksum and every shape before anything is used.
    /// A bundle that says of itself that it takes more than this instance's memory is not read.
    /// - Parameter makeRoom: told the bytes that the bundle will take, before its files are read.
    package func load(
        _ record: ModelRecord,
        makeRoom: (_ bytes: Int) -> Void = { _ in }
    ) async throws -> ModelBundle {
        let manifest = try await manifest(record)
        guard manifest.memoryBytes <= memoryLimit else {
            throw ModelArtifactError(
                path: record.artifactPath,
                reason: "takes \(manifest.memoryBytes >> 20) MB in memory, this instance has \(memoryLimit >> 20) MB"
            )
        }
        makeRoom(manifest.memoryBytes)
        guard let items = try await archive(Self.itemsName, of: manifest) else {
            throw ModelArtifactError(
                path: "\(Self.folder(manifest.version))/\(Self.itemsName)",
                reason: "is not in the manifest"
            )
        }
        let models = try await BundleModels { try await archive($0, of: manifest) }
        let keys = try items.integers("product_key").map(Int64.init)
        guard models.itemCount == keys.count, keys.allSatisfy({ $0 > 0 }), Set(keys).count == keys.count else {
            throw ModelArtifactError(
                path: record.artifactPath,
                reason: "item counts differ: \(keys.count) keys, \(models.itemCount) in the model"
            )
        }
        return ModelBundle(manifest: manifest, items: KeyIndex(keys: keys), models: models)
    }

    /// A file of a bundle, checked; nil when the manifest does not name it.
    private func archive(_ name: String, of manifest: ModelManifest) async throws -> NPZArchive? {
        guard manifest.files.contains(where: { $0.name == name }) else { return nil }
        return try NPZArchive(bytes: try await blobs.get(name, of: manifest.files, in: Self.folder(manifest.version)))
    }
}
