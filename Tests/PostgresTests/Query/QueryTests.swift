import Foundation
import Postgres
import TestSupport
import Testing

@Suite("Queries on exclusive connections", .database)
struct QueryTests {
    private let client = TestDatabase.current.client()

    @Test("values do not depend on the settings of the session, whatever the role or the operator chose")
    func sessionSettings() async throws {
        let query: SQLQuery = """
            SELECT 0.1::float8 + 0.2::float8 AS sum, 1.1::float4 AS single, '2026-02-03T04:05:06.789012Z'::timestamptz AS time
            """
        let plain = try #require(try await client.query(query).first)
        try await client.withConnection { connection in
            for setting in [
                "extra_float_digits = -15", "DateStyle = 'SQL, DMY'", "TimeZone = 'Asia/Kolkata'",
                "IntervalStyle = 'sql_standard'",
            ] {
                try await connection.execute("SET \(unescaped: setting)")
            }
            let row = try #require(try await connection.query(query).first)
            #expect(try row.decode(Double.self, "sum") == 0.1 + 0.2)
            #expect(try row.decode(Float.self, "single") == 1.1)
            #expect(try row.decode(Date.self, "time") == plain.decode(Date.self, "time"))
        }
    }

    @Test("every supported type goes there and back as bind and as value")
    func roundTrip() async throws {
        let date = Date(timeIntervalSinceReferenceDate: 123_456_789.654321)
        let row = try #require(
            try await client.query(
                """
                SELECT \(true) AS bool, \(Int32.min) AS int4, \(Int64.min) AS int8,
                    \(Int.max) AS int, \(Float.pi) AS float4, \(-0.1) AS float8, \("héllo 🦉")::text AS text,
                    \(date) AS time,
                    \(JSONText("{\"a\": [1, null]}")) AS json, \([1, -2] as [Int64]) AS int8s,
                    \([3] as [Int32]) AS int4s, \(["x", "", "y,\"z"]) AS texts, \([0.5, .infinity]) AS float8s,
                    \([1.5] as [Float]) AS float4s, \([] as [Int]) AS empty, \("")::text AS no_text
                """
            ).first
        )
        #expect(try row.decode(Bool.self, "bool"))
        #expect(try row.decode(Int32.self, "int4") == .min)
        #expect(try row.decode(Int64.self, "int8") == .min)
        #expect(try row.decode(Int.self, "int") == .max)
        #expect(try row.decode(Float.self, "float4") == .pi)
        #expect(try row.decode(Double.self, "float8") == -0.1)
        #expect(try row.decode(String.self, "text") == "héllo 🦉")
        #expect(try abs(row.decode(Date.self, "time").timeIntervalSince(date)) < 0.000_001)
        #expect(try row.decode(String.self, "json") == "{\"a\": [1, null]}")
        #expect(try row.decode([Int64].self, "int8s") == [1, -2])
        #expect(try row.decode([Int32].self, "int4s") == [3])
        #expect(try row.decode([String].self, "texts") == ["x", "", "y,\"z"])
        #expect(try row.decode([Double].self, "float8s") == [0.5, .infinity])
        #expect(try row.decode([Float].self, "float4s") == [1.5])
        #expect(try row.decode([Int].self, "empty") == [])
        #expect(try row.decode(String.self, "no_text") == "")
    }

    @Test("NULL is nil for optional types and an error for others")
    func nulls() async throws {
        let row = try #require(
            try await client.query("SELECT \(nil as Int?) AS number, \(nil as String?)::text AS text, 1 AS one").first
        )
        #expect(try row.decode(Int?.self, "number") == nil)
        #expect(try row.decode(String?.self, "text") == nil)
        #expect(try row.decode(Int?.self, "one") == 1)
        let error = #expect(throws: PostgresError.self) { try row.decode(Int.self, "number") }
        #expect(error?.message == "column \"number\" (0): expected Int, the server sent NULL")
    }

    @Test("small integers widen, large ones that do not fit are errors")
    func integers() async throws {
        let row = try #require(
            try await client.query("SELECT 7::int2 AS a, 70000::int4 AS b, 12345678901 AS c").first
        )
        #expect(try row.decode(Int.self, "a") == 7)
        #expect(try row.decode(Int64.self, "b") == 70000)
        #expect(throws: PostgresError.self) { try row.decode(Int32.self, "c") }
    }

    @Test("dates of all kinds are read as UTC, infinity included")
    func dates() async throws {
        let row = try #require(
            try await client.query(
                """
                SELECT '1969-07-20 20:17:40.123456+00'::timestamptz AS a, '2024-02-29'::date AS b,
                    '2000-01-01 00:00:00'::timestamp AS c, 'infinity'::timestamptz AS d
                """
            ).first
        )
        #expect(try abs(row.decode(Date.self, "a").timeIntervalSince1970 - -14_182_939.876544) < 0.000_001)
        #expect(try row.decode(Date.self, "b").timeIntervalSince1970 == 1_709_164_800)
        #expect(try row.decode(Date.self, "c").timeIntervalSince1970 == 946_684_800)
        #expect(try row.decode(Date.self, "d") == .distantFuture)
    }

    @Test("enum and other text-like types take and give strings")
    func enums() async throws {
        try await client.execute("CREATE TYPE mood AS ENUM ('sad', 'happy')")
        let row = try #require(try await client.query("SELECT \("happy")::mood AS mood, 'x'::varchar(3) AS v").first)
        #expect(try row.decode(String.self, "mood") == "happy")
        #expect(try row.decode(String.self, "v") == "x")
    }

    @Test("a decoding error names column, types, query and the line that asked")
    func decodingErrors() async throws {
        let row = try #require(try await client.query("SELECT 'abc' AS name, 1 AS id").first)
        let mismatch = #expect(throws: PostgresError.self) {
            try row.decode(Int.self, "name", fileID: "A/B.swift", line: 9)
        }
        #expect(mismatch?.code == .decoding)
        #expect(mismatch?.message == "column \"name\" (0): expected Int, the server sent text")
        #expect(mismatch?.query == "SELECT 'abc' AS name, 1 AS id")
        #expect(mismatch?.fileID == "A/B.swift" && mismatch?.line == 9)
        let missing = #expect(throws: PostgresError.self) { try row.decode(Int.self, "nmae") }
        #expect(missing?.message == "no column \"nmae\" in the result; it has name, id")
        let outside = #expect(throws: PostgresError.self) { try row.decode(Int.self, at: 2) }
        #expect(outside?.message == "no column 2 in the result; it has 2")
    }

    @Test("a server error carries SQLSTATE, constraint, query and place")
    func serverErrors() async throws {
        try await client.execute("CREATE TABLE t (id int CONSTRAINT t_key PRIMARY KEY)")
        #expect(try await client.execute("INSERT INTO t SELECT generate_series(1, 3)") == 3)
        let error = await #expect(throws: PostgresError.self) {
            try await client.execute("INSERT INTO t VALUES (\(1 as Int32))", fileID: "A/B.swift", line: 3)
        }
        #expect(error?.code == .server(.uniqueViolation))
        #expect(error?.constraint == "t_key")
        #expect(error?.query == "INSERT INTO t VALUES ($1)")
        #expect(error?.line == 3)
        #expect(error?.detail?.contains("(1)") == true)
        #expect(error?.description.contains("already exists") == false, "details may hold values of rows")
    }

    @Test("an injection attempt is stored as the text it is")
    func injection() async throws {
        try await client.execute("CREATE TABLE users (name text)")
        let name = "'); DROP TABLE users; --"
        try await client.execute("INSERT INTO users VALUES (\(name))")
        let rows = try await client.query("SELECT name FROM users WHERE name = \(name)")
        #expect(try rows.map { try $0.decode(String.self, "name") } == [name])
        try await client.execute("CREATE TABLE \(identifier: "odd\" ; DROP TABLE users; --") (id int)")
        #expect(try await client.query("SELECT name FROM users").count == 1)
    }

    @Test("text with a NUL character is refused before it is sent")
    func nulText() async throws {
        for lane in [true, false] {
            let query: SQLQuery = "SELECT \("a\u{0}b")::text"
            let error = await #expect(throws: PostgresError.self) {
                try await lane ? client.read(query) : client.query(query)
            }
            #expect(error?.code == .encoding)
        }
    }

    @Test("raw bytes can be read without a copy; jsonb gives its text")
    func rawBytes() async throws {
        let row = try #require(try await client.query("SELECT '[1, 2]'::jsonb AS list, NULL::text AS nothing").first)
        #expect(try row.withBytes(at: 0) { $0.map(Array.init) } == Array("[1, 2]".utf8))
        #expect(try row.withBytes(at: 1) { $0 == nil })
    }

    @Test("a result of many rows keeps every cell in its place")
    func manyRows() async throws {
        let rows = try await client.query(
            """
            SELECT i, CASE WHEN i % 3 = 0 THEN NULL ELSE repeat('x', (i % 50)::int) END AS text, i * 2 AS twice
            FROM generate_series(1, 5000) i
            """
        )
        #expect(rows.count == 5000)
        for (index, row) in rows.enumerated() {
            let i = index + 1
            #expect(try row.decode(Int.self, at: 0) == i)
            #expect(try row.decode(String?.self, at: 1)?.count == (i % 3 == 0 ? nil : i % 50))
            #expect(try row.decode(Int.self, at: 2) == 2 * i)
        }
    }

    @Test("several statements in one query are refused, so nothing rides along")
    func oneStatement() async throws {
        let error = await #expect(throws: PostgresError.self) { try await client.query("SELECT 1; SELECT 2") }
        #expect(error?.sqlState == "42601")
    }

    @Test("COPY through query is refused and the pool goes on with a fresh connection")
    func copyIsRefused() async throws {
        let error = await #expect(throws: PostgresError.self) { try await client.query("COPY (SELECT 1) TO STDOUT") }
        #expect(error?.code == .copy)
        #expect(try await client.query("SELECT 1").count == 1)
    }
}
