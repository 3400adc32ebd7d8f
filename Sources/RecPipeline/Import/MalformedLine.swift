/// A record that cannot be read, and why. It is reported and left out; the import goes on.
package struct MalformedLine: Sendable, Equatable, CustomStringConvertible {
    /// The line of the file the record starts on, from 1 (the header is line 1).
    package var line: Int
    /// The column at fault, when one is.
    package var field: String?
    package var reason: String

    package init(line: Int, field: String? = nil, reason: String) {
        self.line = line
        self.field = field
        self.reason = reason
    }

    package var description: String {
        "line \(line): " + (field.map { "\($0) " } ?? "") + reason
    }
}
