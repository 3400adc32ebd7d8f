/// The prepared statements of one connection, by SQL text; the least recently used one is dropped when the cache is full.
///
/// A statement is entered at its first use and gets a name only with `setName`: generated SQL that runs once should not
/// displace what runs all day.
struct StatementCache {
    /// A statement that the connection has seen.
    struct Entry {
        /// The types it was prepared with; the same text with other types is another statement.
        let types: [PostgresType]
        /// The name on the server; nil while only seen.
        var name: String?
        /// Columns of its results, known after the first one.
        var columns: ColumnTable?
        fileprivate var lastUse: UInt64
    }

    private let capacity: Int
    private var entries: [String: Entry] = [:]
    private var clock: UInt64 = 0
    private var nameCount = 0

    /// Keeps at most `capacity` statements.
    init(capacity: Int) { self.capacity = max(1, capacity) }

    /// The number of statements, named or only seen.
    var count: Int { entries.count }

    /// True when adding the query drops another statement: the cache is full, or the text is there with other types.
    func dropsStatement(adding query: SQLQuery) -> Bool { entries.count >= capacity || entries[query.sql] != nil }

    /// The entry of the query's text, marked as used; nil when unknown or prepared with other types.
    mutating func use(_ query: SQLQuery) -> Entry? {
        guard let index = entries.index(forKey: query.sql) else { return nil }
        let types = entries.values[index].types
        guard types.count == query.binds.count else { return nil }
        for (type, bind) in zip(types, query.binds) where type != bind.type { return nil }
        clock += 1
        entries.values[index].lastUse = clock
        return entries.values[index]
    }

    /// Adds the query without a name. Returns the name of the statement that was dropped and must be deallocated.
    mutating func insert(_ query: SQLQuery) -> String? {
        var evicted: String?
        if entries[query.sql] == nil, entries.count >= capacity {
            // Rare once the program is warm, so a scan of at most `capacity` entries is fine.
            if let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse }) {
                entries[oldest.key] = nil
                evicted = oldest.value.name
            }
        } else {
            evicted = entries[query.sql]?.name
        }
        clock += 1
        entries[query.sql] = Entry(types: query.binds.map(\.type), name: nil, columns: nil, lastUse: clock)
        return evicted
    }

    /// A name that this connection has not used; names are never used twice.
    mutating func nextName() -> String {
        nameCount += 1
        return "s\(nameCount)"
    }

    /// Records that the statement exists on the server.
    mutating func setName(_ name: String, for query: SQLQuery) { entries[query.sql]?.name = name }

    /// Records the columns of the statement's results.
    mutating func setColumns(_ columns: ColumnTable, for query: SQLQuery) { entries[query.sql]?.columns = columns }

    /// Removes a statement that failed or no longer exists.
    mutating func remove(_ query: SQLQuery) { entries[query.sql] = nil }

    /// Removes a statement if it still has this name.
    mutating func remove(_ query: SQLQuery, named name: String) {
        if entries[query.sql]?.name == name { entries[query.sql] = nil }
    }

    /// Removes all, for a new connection.
    mutating func removeAll() { entries.removeAll() }
}
