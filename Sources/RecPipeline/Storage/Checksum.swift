import Crypto
import RecEngine

/// SHA-256 in hex, as manifests name files by.
package enum Checksum {
    package static func sha256(_ bytes: [UInt8]) -> String { hex(SHA256.hash(data: bytes)) }

    static func hex(_ digest: some Sequence<UInt8>) -> String {
        digest.map { byte in
            let text = String(byte, radix: 16)
            return byte < 16 ? "0\(text)" : text
        }.joined()
    }
}

extension BlobStore {
    /// Writes an archive under a folder.
    /// - Returns: what a manifest says of it.
    func put(_ archive: NPZArchive, as name: String, in folder: String) async throws -> ModelManifest.File {
        let bytes = try archive.serialized()
        try await put("\(folder)/\(name)", bytes)
        return ModelManifest.File(name: name, size: bytes.count, sha256: Checksum.sha256(bytes))
    }
}
