/// A fitted model's row: where its artifact is and how to check it.
package struct ModelRecord: Sendable, Equatable {
    package var version: String
    /// As the artifact and the manifest name it: `item_knn`.
    package var algorithm: String
    /// JSON object of numbers: the options of the fit.
    package var parametersJSON: String
    /// JSON object of numbers: what the fit shows of itself.
    package var metricsJSON: String
    /// Path of the manifest in the blob store.
    package var artifactPath: String
    /// Checksum of the manifest, hex; the manifest holds those of the other files.
    package var sha256: String
    /// The highest event id that it was fitted on.
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
