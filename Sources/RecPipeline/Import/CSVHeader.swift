/// A column that a reader asks a CSV file for.
struct CSVColumn: Sendable {
    /// What a column's fields hold, which distinguishes a field over several lines from a stray quote.
    enum Content: Sendable {
        /// One line of text: a line break in it is a fault.
        case line
        /// A decimal number, or nothing.
        case number
        /// Text that may have several lines.
        case text
    }

    /// The name as documented; other spellings of it are found too.
    var name: String
    var aliases: [String]
    var isRequired: Bool
    var content: Content

    init(_ name: String, aliases: [String] = [], isRequired: Bool = true, _ content: Content = .line) {
        self.name = name
        self.aliases = aliases
        self.isRequired = isRequired
        self.content = content
    }
}

/// Which of the file's columns are the ones asked for.
struct CSVHeader: Sendable {
    /// For each column of the file what it holds; columns that nobody asked for may hold any text.
    let contents: [CSVColumn.Content]
    /// For each asked-for column its position in the file; nil when it is optional and absent.
    let positions: [Int?]

    /// Number of columns in the file, asked for or not, without empty names at the end.
    var width: Int { contents.count }

    /// At most this many of a file's own names go into a message.
    private static let shownNames = 20

    /// Names match without regard to letter case, spaces and underscores: `Customer ID` is `CustomerID`.
    init(names: [String], columns: [CSVColumn], file: String) throws(ImportError) {
        let found = names.map(Self.folded)
        var positions: [Int?] = []
        var missing: [String] = []
        for column in columns {
            let spellings = ([column.name] + column.aliases).map(Self.folded)
            let position = found.firstIndex { spellings.contains($0) }
            if position == nil, column.isRequired { missing.append(column.name) }
            positions.append(position)
        }
        guard missing.isEmpty else {
            var message = "has no column \(missing.joined(separator: ", ")); its first line names: "
            let shown = names.prefix(Self.shownNames).map { ImportText.printable($0) }.joined(separator: ", ")
            message += names.isEmpty ? "nothing" : shown + (names.count > Self.shownNames ? ", …" : "")
            if names.count == 1, let only = names.first, only.contains(";") || only.contains("\t") {
                message += " (columns are separated by commas here, not by semicolons or tabs)"
            }
            throw ImportError(.missingColumns, file: file, message)
        }
        // Spreadsheets write empty columns after the last one.
        let width = found.lastIndex { !$0.isEmpty }.map { $0 + 1 } ?? found.count
        var contents = [CSVColumn.Content](repeating: .text, count: width)
        for (column, position) in zip(columns, positions) {
            if let position { contents[position] = column.content }
        }
        self.contents = contents
        self.positions = positions
    }

    private static func folded(_ name: String) -> String {
        String(decoding: name.utf8.filter { $0 != 0x20 && $0 != 0x5F }, as: UTF8.self).lowercased()
    }
}
