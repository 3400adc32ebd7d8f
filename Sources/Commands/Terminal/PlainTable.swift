/// Rows of cells in columns as wide as their widest cell, for a terminal.
enum PlainTable {
    /// One line a row.
    /// - Parameter leading: columns whose cells begin at the same place; the others end at the same place.
    static func lines(_ rows: [[String]], leading: Set<Int> = [0]) -> [String] {
        guard let first = rows.first else { return [] }
        let widths = first.indices.map { column in rows.map(\.[column].count).max() ?? 0 }
        return rows.map { row in
            let padded = row.indices.map { column in
                let space = String(repeating: " ", count: widths[column] - row[column].count)
                return leading.contains(column) ? row[column] + space : space + row[column]
            }
            return padded.joined(separator: "  ")
        }
    }
}
