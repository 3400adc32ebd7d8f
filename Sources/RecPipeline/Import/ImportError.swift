/// Why a file cannot be imported at all. A single bad line is not an error but a ``MalformedLine``.
package struct ImportError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What went wrong, for a program to look at.
    package enum Code: Sendable, Equatable {
        case cannotRead
        case corruptGzip
        case truncatedGzip
        case notText
        case emptyFile
        case missingColumns
        case malformedLine
    }

    package var code: Code
    /// The file's name, as it was given.
    package var file: String
    /// A sentence for the person at the terminal.
    package var message: String

    package init(_ code: Code, file: String, _ message: String) {
        self.code = code
        self.file = file
        self.message = message
    }

    package var description: String { "\(file): \(message)" }
}
