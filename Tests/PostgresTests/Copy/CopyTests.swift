import Foundation
import Postgres
import TestSupport
import Testing

@Suite("Binary COPY", .database)
struct CopyTests {
    private let client = TestDatabase.current.client()

    private struct Refusal: Error {}

    @Test("all types go in by COPY and come out by COPY and by query as they were")
    func roundTrip() async throws {
        try await client.execute(
            """
            CREATE TABLE t (a int8, b int4, c float8, d float4, e bool, f text, g timestamptz, h jsonb, i jsonb, j int8[], k text)
            """
        )
        let date = Date(timeIntervalSince1970: 1_700_000_000.25)
        let stored = try await client.withConnection { connection in
            try await connection.copyIn("COPY t FROM STDIN (FORMAT binary)", columns: 11) { writer in
                try await writer.writeRows([false, true]) { isNull, row in
                    row.append(isNull ? nil : Int64.min)
                    row.append(isNull ? nil : Int32.max)
                    row.append(isNull ? nil : -0.1)
                    row.append(isNull ? nil : Float.pi)
                    row.append(isNull ? nil : true)
                    row.append(isNull ? nil : "héllo \u{1F989}")
                    row.append(isNull ? nil : date)
                    row.append(isNull ? nil : JSONText("{\"v\": 1}"))
                    if isNull { row.append(nil as JSONText?) } else { row.append(jsonb: Array("[2]".utf8)) }
                    row.append(isNull ? nil : [1, 2, 3] as [Int64])
                    row.append(isNull ? nil : "")
                }
            }
        }
        #expect(stored == 2)
        let whole = try #require(try await client.query("SELECT * FROM t WHERE a IS NOT NULL").first)
        #expect(try whole.decode(Double.self, "c") == -0.1 && whole.decode(Bool.self, "e"))
        #expect(try whole.decode(String.self, "h") == "{\"v\": 1}" && whole.decode(String.self, "i") == "[2]")
        #expect(try whole.decode([Int64].self, "j") == [1, 2, 3])
        var rows: [CopyRow] = []
        try await client.withConnection { connection in
            try await connection.copyOut("COPY t TO STDOUT (FORMAT binary)") { rows.append($0) }
        }
        try #require(rows.count == 2)
        let row = rows[0]
        #expect(try row.int64(0) == .min && row.float(3) == .pi && row.string(5) == "héllo \u{1F989}")
        #expect(try row.date(6) == date && row.microseconds(6) == 1_700_000_000_250_000)
        #expect(try row.string(10) == "" && !row.isNull(10))
        for column in 0..<11 { #expect(rows[1].isNull(column)) }
        let null = #expect(throws: PostgresError.self) { try rows[1].int64(0) }
        #expect(null?.message == "column 0 of the COPY: expected Int64, the server sent NULL")
        let size = #expect(throws: PostgresError.self) { try row.int64(1) }
        #expect(size?.code == .decoding)
        #expect(throws: PostgresError.self) { try row.int64(11) }
    }

    @Test("many rows stream through both ways in their order")
    func manyRows() async throws {
        try await client.execute("CREATE TABLE t (id int8, text text)")
        let count = 50_000
        let stored = try await client.withConnection { connection in
            try await connection.copyIn("COPY t (id, text) FROM STDIN (FORMAT binary)", columns: 2) { writer in
                try await writer.writeRows(0..<count) { index, row in
                    row.append(Int64(index))
                    row.append(String(repeating: "x", count: index % 100))
                }
                #expect(writer.rowCount == count)
            }
        }
        #expect(stored == count)
        var next = 0
        try await client.withConnection { connection in
            try await connection.copyOut("COPY (SELECT * FROM t ORDER BY id) TO STDOUT (FORMAT binary)") { row in
                try #require(try row.int64(0) == Int64(next) && row.string(1).utf8.count == next % 100)
                next += 1
            }
        }
        #expect(next == count)
    }

    @Test("an empty table and an empty stream are fine")
    func empty() async throws {
        try await client.execute("CREATE TABLE t (id int8)")
        try await client.withConnection { connection in
            try await connection.copyOut("COPY t TO STDOUT (FORMAT binary)") { _ in
                Issue.record("a row from nowhere")
            }
            let stored = try await connection.copyIn("COPY t FROM STDIN (FORMAT binary)", columns: 1) { _ in }
            #expect(stored == 0)
        }
    }

    @Test("an error of the body in the middle of a COPY leaves nothing behind, and the connection stays usable")
    func bodyFails() async throws {
        try await client.execute("CREATE TABLE t (id int8)")
        try await client.withConnection { connection in
            await #expect(throws: Refusal.self) {
                try await connection.copyIn("COPY t FROM STDIN (FORMAT binary)", columns: 1) { writer in
                    try await writer.writeRows(0..<100_000) { index, row in
                        if index == 90_000 { throw Refusal() }
                        row.append(Int64(index))
                    }
                }
            }
            let count = try await connection.query("SELECT count(*) AS n FROM t")[0].decode(Int.self, "n")
            #expect(count == 0)
        }
    }

    @Test("rows that the server refuses leave nothing behind; the error names the constraint")
    func serverRefuses() async throws {
        try await client.execute("CREATE TABLE t (id int8 CONSTRAINT t_key PRIMARY KEY)")
        let error = await #expect(throws: PostgresError.self) {
            try await client.withConnection { connection in
                try await connection.copyIn("COPY t FROM STDIN (FORMAT binary)", columns: 1) { writer in
                    try await writer.writeRows(0..<200_000) { index, row in row.append(Int64(index % 150_000)) }
                }
            }
        }
        #expect(error?.code == .server(.uniqueViolation))
        #expect(error?.constraint == "t_key")
        #expect(try await client.query("SELECT count(*) AS n FROM t")[0].decode(Int.self, "n") == 0)
    }

    @Test("a row with a wrong number of fields is refused before it is sent, and may be left out")
    func wrongFieldCount() async throws {
        try await client.execute("CREATE TABLE t (id int8)")
        let stored = try await client.withConnection { connection in
            try await connection.copyIn("COPY t FROM STDIN (FORMAT binary)", columns: 1) { writer in
                try await writer.writeRows([1 as Int64]) { $1.append($0) }
                let error = await #expect(throws: PostgresError.self) {
                    try await writer.writeRows([2 as Int64]) { value, row in
                        row.append(value)
                        row.append(3 as Int64)
                    }
                }
                #expect(error?.message == "row 2 has 2 fields, the COPY has 1")
                try await writer.writeRows([4 as Int64]) { $1.append($0) }
            }
        }
        #expect(stored == 2)
        #expect(try await client.query("SELECT id FROM t ORDER BY 1").map { try $0.decode(Int.self, at: 0) } == [1, 4])
    }

    @Test("a field of a wrong type is the server's error and leaves nothing behind")
    func wrongType() async throws {
        try await client.execute("CREATE TABLE t (id int8)")
        let error = await #expect(throws: PostgresError.self) {
            try await client.withConnection { connection in
                try await connection.copyIn("COPY t FROM STDIN (FORMAT binary)", columns: 1) { writer in
                    try await writer.writeRows([1 as Int32]) { $1.append($0) }
                }
            }
        }
        #expect(error?.sqlState?.errorClass == "22" || error?.sqlState?.errorClass == "08")
        #expect(try await client.query("SELECT * FROM t").isEmpty)
    }

    @Test("leaving a COPY out early, or a failing query inside it, leaves the connection usable")
    func earlyEnd() async throws {
        try await client.withConnection { connection async throws in
            await #expect(throws: Refusal.self) {
                try await connection.copyOut("COPY (SELECT generate_series(1, 5000000)) TO STDOUT (FORMAT binary)") {
                    _ in
                    throw Refusal()
                }
            }
            #expect(try await connection.query("SELECT 1").count == 1)
            var seen = 0
            let error = await #expect(throws: PostgresError.self) {
                try await connection.copyOut(
                    "COPY (SELECT 1 / (200000 - i) FROM generate_series(1, 300000) i) TO STDOUT (FORMAT binary)"
                ) { _ in seen += 1 }
            }
            #expect(seen > 100_000, "the rows must not come in one piece")
            #expect(error?.code == .server("22012"))
            #expect(try await connection.query("SELECT 1").count == 1)
        }
    }

    @Test("cancelling in the middle of a COPY stores nothing and ends it on the server")
    func cancellation() async throws {
        try await client.execute("CREATE TABLE t (id int8)")
        let (rows, progress) = AsyncStream.makeStream(of: Int.self)
        let client = client
        let task = Task {
            try await client.withConnection { connection in
                try await connection.copyIn("COPY t FROM STDIN (FORMAT binary)", columns: 1) { writer in
                    while true {
                        try await writer.writeRows(0..<100_000) { index, row in row.append(Int64(index)) }
                        progress.yield(writer.rowCount)
                    }
                }
            }
        }
        for await count in rows where count > 300_000 { break }
        task.cancel()
        let error = await #expect(throws: PostgresError.self) { try await task.value }
        #expect(error?.code == .cancelled)
        #expect(try await client.query("SELECT count(*) AS n FROM t")[0].decode(Int.self, "n") == 0)
        try await eventually {
            try await client.query("SELECT 1 FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'COPY%'")
                .isEmpty
        }
    }

    @Test("a COPY inside a transaction is rolled back with it")
    func insideTransaction() async throws {
        try await client.execute("CREATE TABLE t (id int8)")
        await #expect(throws: Refusal.self) {
            try await client.withTransaction { connection in
                try await connection.copyIn("COPY t FROM STDIN (FORMAT binary)", columns: 1) { writer in
                    try await writer.writeRows([1 as Int64]) { $1.append($0) }
                }
                #expect(try await connection.query("SELECT * FROM t").count == 1)
                throw Refusal()
            }
        }
        #expect(try await client.query("SELECT * FROM t").isEmpty)
    }

    @Test(
        "what is not a binary COPY of the right direction is refused",
        arguments: [
            "COPY t FROM STDIN", "COPY t TO STDOUT (FORMAT binary)", "SELECT 1",
            "COPY missing FROM STDIN (FORMAT binary)",
        ]
    )
    func notACopy(statement: String) async throws {
        try await client.execute("CREATE TABLE t (id int8)")
        await #expect(throws: PostgresError.self) {
            try await client.withConnection { connection in
                try await connection.copyIn("\(unescaped: statement)", columns: 1) { _ in }
            }
        }
        #expect(try await client.query("SELECT 1").count == 1)
    }
}
