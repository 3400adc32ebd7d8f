/// Why a file cannot be imported at all. A single bad line is not an error but a ``MalformedLine``.
package struct ImportError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What went wrong, for a program to tell apart.
    package enum Code: Sendable, Equatable {
        case cannotRead
        case corruptGzip
        case truncatedGzip
        case notText
        case emptyFile
        case missingColumns
        case malformedLine
        /// Some dates can only be day first, others only month first.
        case mixedDates
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

/// A line that cannot be read, and why. It is reported and left out; the import goes on.
package struct MalformedLine: Sendable, Equatable, CustomStringConvertible {
    /// The line of the file the fault is on, from 1 (the header is line 1).
    package var line: Int
    /// The column at fault, when one is.
    package var field: String?
    package var reason: String

    package var description: String {
        "line \(line): " + (field.map { "\($0) " } ?? "") + reason
    }
}
