import RecEngine

/// Fitted models with the items that they rank: all that it takes to make any list.
package struct ModelBundle: Sendable {
    package let manifest: ModelManifest
    /// Dense item ↔ product key at the time of the fit.
    package let items: KeyIndex
    package let models: BundleModels

    package var version: String { manifest.version }

    /// Seconds from the fit to a moment in whole days, at least 0: a list is the same all day long, whoever makes it.
    func age(at moment: Double) -> Double {
        max(0, ((moment - manifest.asOf) / 86_400).rounded(.down)) * 86_400
    }

    package init(manifest: ModelManifest, items: KeyIndex, models: BundleModels) {
        self.manifest = manifest
        self.items = items
        self.models = models
    }
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

    package static let currentFormat = 4
    /// Formats that this release reads. In format 3 demand has the same power for every history.
    package static let readableFormats = 3...currentFormat

    /// Version of this format.
    package var format = currentFormat
    package var version: String
    /// The candidate's name, such as `ease_demand`.
    package var algorithm: String
    /// The options of the discover model as numbers, for people; `configuration` is what a refit reads.
    package var parameters: [String: Double]
    /// The highest event id that the fit saw.
    package var dataCut: Int64
    package var catalogueVersion: Int64
    /// Unix seconds at which the job started.
    package var asOf: Double
    package var jobID: String
    /// Users, items and interactions of the fit.
    package var counts: [String: Int]
    /// What a refit needs besides the data.
    package var configuration: BundleConfiguration
    /// What a reader has to know of the fit, such as that another model stood in.
    package var notes: [String]
    /// Offline figures of the model where it was judged, such as `ndcg@10`.
    package var metrics: [String: Double]
    /// Bytes that the bundle takes in memory, to the nearest file.
    package var memoryBytes: Int
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
        case counts, configuration, notes, metrics
        case memoryBytes = "memory_bytes"
        case codeVersion = "code_version"
        case files, features
    }
}
