/// A fitted model's row: where its artifact is and how to check it.
package struct ModelRecord: Sendable, Equatable {
    package var version: String
    package var algorithm: String
    package var parametersJSON: String
    package var metricsJSON: String
    /// Path of the manifest in the blob store.
    package var artifactPath: String
    /// Checksum of the manifest, hex; the manifest holds those of the other files.
    package var sha256: String
    package var dataCut: Int64

    package init(
        version: String,
        algorithm: String,
        parametersJSON: String,
        metricsJSON: String,
        artifactPath: String,
        sha256: String,
        dataCut: Int64
    ) {
        self.version = version
        self.algorithm = algorithm
        self.parametersJSON = parametersJSON
        self.metricsJSON = metricsJSON
        self.artifactPath = artifactPath
        self.sha256 = sha256
        self.dataCut = dataCut
    }
}
