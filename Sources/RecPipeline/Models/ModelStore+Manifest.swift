package import Shop

extension ModelStore {
    /// The bytes of a model's manifest, checked, for whoever shows it.
    /// - Throws: `ModelLoadError` with a reason for anybody.
    package func manifestBytes(of record: ModelRecord) async throws(ModelLoadError) -> [UInt8] {
        do { return try await checkedManifest(record) } catch { throw ModelLoadError(error, version: record.version) }
    }
}
