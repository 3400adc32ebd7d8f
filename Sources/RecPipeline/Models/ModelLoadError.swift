import RecEngine

/// A stored model that cannot be read. `reason` may be shown to anybody; `underlying`, which may name hosts, is for the log.
package struct ModelLoadError: Error, Sendable, CustomStringConvertible {
    /// What went wrong, for those who decide by it.
    package enum Kind: Sendable, Equatable {
        /// There is no such model.
        case unknown
        /// Its files are missing, damaged, or not in a format that this program writes: trying again does not help.
        case artifact
        /// The store does not answer, or refuses this program.
        case store
        /// Anything else: the database, for one.
        case other
    }

    package var version: String
    package var kind: Kind
    /// In words for anybody.
    package var reason: String
    /// For the log.
    package var underlying: any Error

    package var description: String { "model \(version): \(reason)" }

    private struct NoSuchModel: Error, CustomStringConvertible {
        var description: String { "no row names this model" }
    }

    static func unknown(_ version: String) -> ModelLoadError {
        ModelLoadError(version: version, kind: .unknown, reason: "there is no such model", underlying: NoSuchModel())
    }

}

extension ModelLoadError {
    /// Classifies an error of reading the row, the files or the model.
    init(_ error: any Error, version: String) {
        if let error = error as? ModelLoadError {
            self = error
            return
        }
        let (kind, reason) = Self.classified(error)
        self.init(version: version, kind: kind, reason: reason, underlying: error)
    }

    private static func classified(_ error: any Error) -> (Kind, String) {
        switch error {
        case let error as ModelArtifactError:
            (.artifact, error.description)
        case let error as ArchiveError:
            (.artifact, "its files are not a model that this program reads: \(error.description.prefix(200))")
        case is DecodingError:
            (.artifact, "its manifest.json is not a manifest that this program reads")
        case let error as BlobStoreError:
            switch error.code {
            case .notFound: (.artifact, "\(error.path) is not in the blob store")
            case .corrupt: (.artifact, "\(error.path) is damaged: its bytes are not those that were written")
            case .invalidPath, .conditionFailed: (.artifact, "\(error.path) cannot be read from the blob store")
            case .denied: (.store, "the blob store does not let this program read")
            case .unavailable: (.store, "the blob store does not answer")
            }
        default:
            (.other, "the model could not be read; the log says why")
        }
    }
}
