/// A chunk of a CSV file: complete records, their fields as byte ranges into one buffer. Reused from chunk to chunk.
///
/// Columns are the ones the reader was asked for, in the order it was asked, wherever they are in the file. Every field is
/// valid UTF-8 without NUL, and quotes are already taken off.
struct CSVBatch: Sendable {
    /// Where a field is in ``bytes``.
    struct Field: Sendable {
        var start: Int32
        var count: Int32
        /// Whether it was in quotes.
        var isQuoted = false
    }

    var bytes: [UInt8] = []
    var fields: [Field] = []
    /// Number of columns a record has here.
    var columnCount = 0
    /// The line of the file each record starts on, from 1.
    var lines: [Int] = []
    /// Records that are not well formed; they are not among the rows.
    var malformed: [MalformedLine] = []

    var rowCount: Int { lines.count }

    /// The bytes of one field, empty when its column is optional and not in the file.
    func range(_ row: Int, _ column: Int) -> Range<Int> {
        let field = fields[row * columnCount + column]
        return Int(field.start)..<Int(field.start + field.count)
    }

    /// One field without spaces and tabs at its ends.
    func trimmed(_ row: Int, _ column: Int) -> Range<Int> { ImportText.trimmed(range(row, column), in: bytes.span) }

    /// Whether a field says that there is no value: it is empty, or one of the words for that and not in quotes, which make
    /// a word text: a product may be called "None".
    func isAbsent(_ row: Int, _ column: Int) -> Bool {
        let field = trimmed(row, column)
        return field.isEmpty
            || !fields[row * columnCount + column].isQuoted
                && ImportText.isAbsenceWord(bytes.span.extracting(field))
    }

    /// One field as text without spaces and tabs at its ends; nil when it is absent.
    func text(_ row: Int, _ column: Int) -> String? {
        isAbsent(row, column) ? nil : ImportText.string(bytes.span.extracting(trimmed(row, column)))
    }

    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        fields.removeAll(keepingCapacity: true)
        lines.removeAll(keepingCapacity: true)
        malformed.removeAll(keepingCapacity: true)
    }
}
