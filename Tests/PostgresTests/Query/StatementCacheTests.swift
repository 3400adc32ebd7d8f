import Testing

@testable import Postgres

@Suite("StatementCache: bounded, least recently used goes first")
struct StatementCacheTests {
    @Test("the least recently used statement gives way and its name is returned")
    func evictsLeastRecentlyUsed() {
        var cache = StatementCache(capacity: 2)
        #expect(cache.insert("SELECT 1") == nil)
        cache.setName("s1", for: "SELECT 1")
        #expect(cache.insert("SELECT 2") == nil)
        cache.setName("s2", for: "SELECT 2")
        #expect(cache.use("SELECT 1")?.name == "s1")
        #expect(cache.insert("SELECT 3") == "s2")
        #expect(cache.use("SELECT 2") == nil)
        #expect(cache.use("SELECT 1")?.name == "s1")
        #expect(cache.count == 2)
    }

    @Test("the same text with other bind types is another statement")
    func typesMatter() {
        var cache = StatementCache(capacity: 2)
        let wide: SQLQuery = "SELECT \(1 as Int64)"
        let narrow: SQLQuery = "SELECT \(1 as Int32)"
        #expect(wide.sql == narrow.sql)
        _ = cache.insert(wide)
        cache.setName("s1", for: wide)
        #expect(cache.use(narrow) == nil)
        #expect(cache.insert(narrow) == "s1", "the statement of the old types must be dropped")
        #expect(cache.use(wide) == nil)
        #expect(cache.count == 1)
    }

    @Test("removing by name spares a statement that was prepared again")
    func removeByName() {
        var cache = StatementCache(capacity: 2)
        _ = cache.insert("SELECT 1")
        cache.setName("s2", for: "SELECT 1")
        cache.remove("SELECT 1", named: "s1")
        #expect(cache.use("SELECT 1")?.name == "s2")
        cache.remove("SELECT 1", named: "s2")
        #expect(cache.use("SELECT 1") == nil)
    }
}
