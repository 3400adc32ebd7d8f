/// How far apart two spellings are.
package enum EditDistance {
    /// Insertions, deletions, replacements and exchanges of neighbours (optimal string alignment) between two texts of bytes.
    /// O(a · b).
    package static func between(_ a: some StringProtocol, _ b: some StringProtocol) -> Int {
        let (a, b) = (Array(a.utf8), Array(b.utf8))
        var rows = [Array(0...b.count)]
        for (i, x) in a.enumerated() {
            var row = [i + 1]
            for (j, y) in b.enumerated() {
                var best = min(row[j] + 1, rows[i][j + 1] + 1, rows[i][j] + (x == y ? 0 : 1))
                if i > 0, j > 0, x == b[j - 1], a[i - 1] == y { best = min(best, rows[i - 1][j - 1] + 1) }
                row.append(best)
            }
            rows.append(row)
        }
        return rows[a.count][b.count]
    }
}
