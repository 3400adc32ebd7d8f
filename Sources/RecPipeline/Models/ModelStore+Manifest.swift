package import Shop

extension ModelStore {
    /// The bytes of a model's manifest, after comparing their checksum with the row's.
    /// - Throws: `ModelLoadError` with a reason for anybody.
    package func manifestBytes(of record: ModelRecord) async throws(ModelLoadError) -> [UInt8] {
        do {
            let bytes = try await blobs.get(record.artifactPath)
            guard Self.checksum(bytes) == record.sha256 else {
                throw ModelArtifactError(
                    path: record.artifactPath,
                    reason: "its checksum is not the one that was recorded"
                )
            }
            return bytes
        } catch {
            throw ModelLoadError(error, version: record.version)
        }
    }
}
