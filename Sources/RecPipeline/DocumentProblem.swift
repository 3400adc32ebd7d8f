package import Shop

/// A setting in a document of `app_config` that makes no sense, and what would.
package struct DocumentProblem: Error, Sendable, Equatable, CustomStringConvertible {
    package var document: AppConfigRepository.Key
    /// A JSON pointer into the document.
    package var pointer: String
    package var reason: String

    package var description: String { "\(document.rawValue)\(pointer): \(reason)" }
}
