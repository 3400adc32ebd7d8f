/// A chunk of a CSV file: whole records, their fields as byte ranges into one buffer. Reused from chunk to chunk.
///
/// Columns are the ones the reader was asked for, in the order it was asked, wherever they stand in the file. Every field is
/// valid UTF-8 without NUL, and quotes are already taken off.
package struct CSVBatch: Sendable {
    /// A field's place in ``bytes``.
    struct Field: Sendable {
        var start: Int32
        var count: Int32
    }

    var bytes: [UInt8] = []
    var fields: [Field] = []
    /// Number of columns a record has here.
    package internal(set) var columnCount = 0
    /// The line of the file each record starts on, from 1.
    package internal(set) var lines: [Int] = []
    /// Records that are not well formed; they are not among the rows.
    package internal(set) var malformed: [MalformedLine] = []

    package init() {}

    package var rowCount: Int { lines.count }

    /// The bytes of one field, empty when its column is optional and not in the file.
    package func range(_ row: Int, _ column: Int) -> Range<Int> {
        let field = fields[row * columnCount + column]
        return Int(field.start)..<Int(field.start + field.count)
    }

    /// One field as text.
    package func string(_ row: Int, _ column: Int) -> String {
        String(decoding: bytes[range(row, column)], as: UTF8.self)
    }

    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        fields.removeAll(keepingCapacity: true)
        lines.removeAll(keepingCapacity: true)
        malformed.removeAll(keepingCapacity: true)
    }
}
