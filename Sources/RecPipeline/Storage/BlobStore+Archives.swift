import RecEngine
import TextFormats

extension BlobStore {
    /// Writes an archive under a folder.
    /// - Returns: what a manifest says of it.
    func put(_ archive: NPZArchive, as name: String, in folder: String) async throws -> ModelManifest.File {
        let bytes = try archive.serialized()
        try await put("\(folder)/\(name)", bytes)
        return ModelManifest.File(name: name, size: bytes.count, sha256: SHA256.hex(of: bytes))
    }
}
