import FoundationEssentials
package import RecEngine
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

    package init(blobs: any BlobStore) {
        self.blobs = blobs
    }

    private enum FileName {
        static let model = "model.npz"
        static let popularity = "popularity.npz"
        static let items = "items.npz"
    }

    private static func folder(_ version: String) -> String { "models/\(version)" }

    /// The files of a model and its popularity list, by name.
    package static func fittedArchives(_ model: any Recommender, _ popularity: PopularityModel) -> [(
        String, NPZArchive
    )] {
        [(FileName.model, model.archive()), (FileName.popularity, popularity.archive())]
    }

    /// Writes a bundle; the same version again writes the same bytes.
    /// - Returns: the row that names it.
    package func save(
        _ draft: ModelManifest,
        items: KeyIndex,
        productIDs: [String],
        model: any Recommender,
        popularity: PopularityModel
    )
        async throws -> (ModelBundle, ModelRecord)
    {
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
        manifest.files = []
        for (name, archive) in Self.fittedArchives(model, popularity) + [(FileName.items, itemArrays)] {
            manifest.files.append(try await blobs.put(archive, as: name, in: folder))
        }
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
        return (ModelBundle(manifest: manifest, items: items, model: model, popularity: popularity), record)
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

    /// Reads a bundle, checking every checksum and every shape before anything is used.
    package func load(_ record: ModelRecord) async throws -> ModelBundle {
        let manifest = try ManifestJSON.decode(ModelManifest.self, from: try await checkedManifest(record))
        guard manifest.format == 1, manifest.version == record.version else {
            throw ModelArtifactError(
                path: record.artifactPath,
                reason: "describes \(manifest.version), format \(manifest.format)"
            )
        }
        let items = try await archive(FileName.items, of: manifest)
        let model = try await archive(FileName.model, of: manifest).recommender()
        let popularity = try PopularityModel(archive: try await archive(FileName.popularity, of: manifest))
        let keys = try items.integers("product_key").map(Int64.init)
        guard model.itemCount == keys.count, popularity.itemCount == keys.count, keys.allSatisfy({ $0 > 0 }),
            Set(keys).count == keys.count
        else {
            throw ModelArtifactError(
                path: record.artifactPath,
                reason: "item counts differ: \(keys.count) keys, \(model.itemCount) in the model"
            )
        }
        return ModelBundle(manifest: manifest, items: KeyIndex(keys: keys), model: model, popularity: popularity)
    }

    private func archive(_ name: String, of manifest: ModelManifest) async throws -> NPZArchive {
        try NPZArchive(bytes: try await blobs.get(name, of: manifest.files, in: Self.folder(manifest.version)))
    }
}
