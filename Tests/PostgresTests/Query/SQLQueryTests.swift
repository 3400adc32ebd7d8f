import Testing

@testable import Postgres

@Suite("SQLQuery: text and binds")
struct SQLQueryTests {
    @Test("interpolated values become numbered binds and never text")
    func valuesBecomeBinds() {
        let name = "Robert'); DROP TABLE users; --"
        let query: SQLQuery = "SELECT \(1) FROM users WHERE name = \(name) AND id = \(7 as Int64)"
        #expect(query.sql == "SELECT $1 FROM users WHERE name = $2 AND id = $3")
        #expect(query.bindCount == 3)
    }

    @Test("identifiers are quoted, unescaped text is not")
    func identifiers() {
        let query: SQLQuery = "SELECT * FROM \(identifier: "odd\"name") \(unescaped: "ORDER BY 1")"
        #expect(query.sql == "SELECT * FROM \"odd\"\"name\" ORDER BY 1")
        #expect(("\(identifier: "a\u{0}b")" as SQLQuery).sql == "\"ab\"")
    }

    @Test("a statement built once takes one value after the other")
    func rebinding() {
        let statement: SQLQuery = "SELECT id FROM users WHERE user_id = \("") LIMIT 1"
        for value in ["anna", "", "a much longer name than before"] {
            let query = statement.binding(value)
            let direct: SQLQuery = "SELECT id FROM users WHERE user_id = \(value) LIMIT 1"
            #expect(query == direct)
        }
        #expect(statement.binding("a\0b").holdsInvalidText)
        #expect(!statement.binding("a\0b").binding("ab").holdsInvalidText)
    }

    @Test("appended queries have their binds renumbered and keep their values")
    func appending() {
        var query: SQLQuery = "SELECT * FROM p WHERE a = \(1) AND é = \("x")"
        query.append(" AND b BETWEEN \(2 as Int32) AND \(3 as Int32)")
        query.append(" LIMIT \(nil as Int?)")
        #expect(query.sql == "SELECT * FROM p WHERE a = $1 AND é = $2 AND b BETWEEN $3 AND $4 LIMIT $5")
        let values = query.binds.map { bind in
            bind.length < 0 ? nil : Array(query.values.bytes[bind.offset..<bind.offset + bind.length])
        }
        #expect(values[0] == [0, 0, 0, 0, 0, 0, 0, 1])
        #expect(values[1] == Array("x".utf8))
        #expect(values[2] == [0, 0, 0, 2] && values[3] == [0, 0, 0, 3])
        #expect(values[4] == nil)
        #expect(query.binds.map(\.type) == [.int8, .inferred, .int4, .int4, .int8])
    }

    @Test("more than nine binds are renumbered digit for digit")
    func manyBinds() {
        let parts = (0..<12).map { "c\(unescaped: String($0)) = \($0)" as SQLQuery }
        var query: SQLQuery = "WHERE x = \(true) AND "
        query.append(.joined(parts, separator: " AND "))
        let expected = "WHERE x = $1 AND " + (0..<12).map { "c\($0) = $\($0 + 2)" }.joined(separator: " AND ")
        #expect(query.sql == expected)
    }

    @Test("a query interpolated into another keeps its binds in order")
    func nesting() {
        let condition: SQLQuery = "a = \(1) OR b = \("y")"
        let query: SQLQuery = "SELECT \(true) WHERE (\(condition)) AND c = \(2)"
        #expect(query.sql == "SELECT $1 WHERE (a = $2 OR b = $3) AND c = $4")
    }

    @Test("text with a NUL character is noticed, wherever it was appended")
    func nulCharacters() {
        let bad: SQLQuery = "SELECT \("a\u{0}b")"
        var query: SQLQuery = "SELECT 1 WHERE "
        query.append(bad)
        #expect(bad.holdsInvalidText && query.holdsInvalidText)
        #expect(!("SELECT \("ab")" as SQLQuery).holdsInvalidText)
    }
}
