/// Internal keys ↔ dense indices `0 ..< count`.
///
/// Identity columns give keys without large gaps, so a table indexed by key (4 bytes a key) answers in one load; keys that
/// are spread out fall back to a dictionary.
package struct KeyIndex: Sendable {
    /// Key of each dense index.
    package let keys: [Int64]
    private let table: [Int32]
    private let dictionary: [Int64: Int32]

    /// Keys in dense order, without repeats, all at least 1.
    package init(keys: [Int64]) {
        self.keys = keys
        let largest = keys.max() ?? 0
        // Up to four times the keys, or a million, the table is smaller than a dictionary of them.
        if largest <= max(1_000_000, 4 * Int64(keys.count)) {
            var table = [Int32](repeating: -1, count: Int(largest) + 1)
            for (index, key) in keys.enumerated() { table[Int(key)] = Int32(index) }
            self.table = table
            self.dictionary = [:]
        } else {
            self.table = []
            self.dictionary = Dictionary(uniqueKeysWithValues: keys.enumerated().map { ($1, Int32($0)) })
        }
    }

    package var count: Int { keys.count }

    /// The dense index of a key; `nil` for one that is not in the index.
    package func index(of key: Int64) -> Int32? {
        guard !table.isEmpty else { return dictionary[key] }
        guard key >= 0, key < Int64(table.count) else { return nil }
        let index = table[Int(key)]
        return index < 0 ? nil : index
    }
}

extension KeyIndex: Equatable {
    package static func == (left: KeyIndex, right: KeyIndex) -> Bool { left.keys == right.keys }
}
