/// A column that a reader asks a CSV file for.
package struct CSVColumn: Sendable {
    /// The name as documented; other spellings of it are found too.
    package var name: String
    package var aliases: [String]
    package var isRequired: Bool

    package init(_ name: String, aliases: [String] = [], isRequired: Bool = true) {
        self.name = name
        self.aliases = aliases
        self.isRequired = isRequired
    }
}

/// Where the asked-for columns stand in the file.
struct CSVHeader: Sendable {
    /// Number of columns in the file, asked for or not.
    let width: Int
    /// For each asked-for column its position in the file; nil when it is optional and absent.
    let positions: [Int?]

    /// So many of a file's own names go into a message.
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
        width = names.count
        self.positions = positions
    }

    private static func folded(_ name: String) -> String {
        String(decoding: name.utf8.filter { $0 != 0x20 && $0 != 0x5F }, as: UTF8.self).lowercased()
    }
}
