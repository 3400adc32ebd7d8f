// Foundation's own normalisation is not in FoundationEssentials; this is the standard library's, which `==` uses too.
@_spi(_Unicode) import Swift

extension String {
    /// The text in Unicode's normal form C. Texts that read the same are then equal byte by byte, in Swift and in SQL.
    ///
    /// Cost: one pass over the bytes when no character is at or above U+0300, as in most European text; else O(n) with
    /// a copy.
    package var nfc: String {
        // Every character below U+0300 is in normal form C wherever it stands; U+0300 itself begins with 0xCC in UTF-8.
        guard utf8.contains(where: { $0 >= 0xCC }) else { return self }
        var normal = ""
        normal.unicodeScalars.append(contentsOf: _nfc)
        return normal
    }

    /// Whether two texts have the same bytes. `==` is true for a letter and an accent against the accented letter, which
    /// PostgreSQL tells apart.
    package func hasSameBytes(as other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}

extension StringProtocol {
    /// The text without the blanks at its ends.
    package var trimmingBlanks: String {
        var rest = self[...]
        while rest.first?.isWhitespace == true { rest.removeFirst() }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(rest)
    }
}
