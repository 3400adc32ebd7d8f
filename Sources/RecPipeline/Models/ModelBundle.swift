package import RecEngine

/// A fitted model with what is needed to serve it: its items and the popularity list that fills lists it leaves short.
package struct ModelBundle: Sendable {
    package let manifest: ModelManifest
    /// Dense item ↔ product key at the time of the fit.
    package let items: KeyIndex
    package let model: any Recommender
    /// Fills lists that the model leaves short.
    package let popularity: PopularityModel

    package var version: String { manifest.version }
}

/// `models/{version}/manifest.json`: enough to check every file and to repeat the fit.
package struct ModelManifest: Codable, Sendable, Equatable {
    /// A file beside the manifest.
    package struct File: Codable, Sendable, Equatable {
        package var name: String
        package var size: Int
        /// Hex.
        package var sha256: String
    }

    /// Version of this format.
    package var format = 1
    package var version: String
    /// As the archive names it: `item_knn`.
    package var algorithm: String
    /// The options of the fit as numbers, for people; `configuration` is what a refit reads.
    package var parameters: [String: Double]
    /// The highest event id that the fit saw.
    package var dataCut: Int64
    /// The version of the catalogue before it was read.
    package var catalogueVersion: Int64
    /// Unix seconds that time decay was counted from.
    package var asOf: Double
    package var jobID: String
    /// Users, items, interactions and neighbours of the fit.
    package var counts: [String: Int]
    /// Seed of the fit's random numbers; absent in manifests of older builds.
    package var seed: UInt64?
    /// The options of the fit, and those of the popularity list beside it: what a refit needs.
    package var configuration: ModelConfiguration?
    package var popularity: PopularityModel.Options?
    /// What the fit shows of itself: the share of items with neighbours, neighbours an item.
    package var metrics: [String: Double]
    /// Release and commit of the build.
    package var codeVersion: String
    /// The files of the model; every one is checked when it is read.
    package var files: [File]
    /// Feature matrices of the same version; for people and tools, never read by this program.
    package var features: [File]?

    enum CodingKeys: String, CodingKey {
        case format, version, algorithm, parameters
        case dataCut = "data_cut"
        case catalogueVersion = "catalogue_version"
        case asOf = "as_of"
        case jobID = "job_id"
        case counts, seed, configuration, popularity, metrics
        case codeVersion = "code_version"
        case files, features
    }
}
