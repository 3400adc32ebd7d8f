import Foundation
import Postgres
import TestSupport
import Testing

@Suite("Pipelined reads", .database)
struct PipelineLaneTests {
    private let database = TestDatabase.current

    @Test("one failing select among a hundred fails alone")
    func failsAlone() async throws {
        let client = database.client()
        let results = await withTaskGroup(of: (Int, Result<Int, any Error>).self) { group in
            for index in 0..<100 {
                group.addTask {
                    do {
                        // 41 divides by zero.
                        let rows = try await client.read("SELECT 1000 / (\(index) - 41) AS n, \(index) AS i")
                        return (index, .success(try rows[0].decode(Int.self, "i")))
                    } catch {
                        return (index, .failure(error))
                    }
                }
            }
            return await group.reduce(into: [Int: Result<Int, any Error>]()) { $0[$1.0] = $1.1 }
        }
        for (index, result) in results {
            switch result {
            case .success(let value): #expect(value == index && index != 41)
            case .failure(let error):
                #expect(index == 41)
                #expect((error as? PostgresError)?.code == .server("22012"))
                #expect((error as? PostgresError)?.query?.contains("1000 /") == true)
            }
        }
        #expect(results.count == 100)
    }

    @Test("a statement that cannot be prepared fails alone, each time it is asked")
    func unpreparable() async throws {
        let client = database.client()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<60 {
                group.addTask {
                    if index % 3 == 0 {
                        let error = await #expect(throws: PostgresError.self) {
                            try await client.read("SELECT * FROM missing WHERE id = \(index)")
                        }
                        #expect(error?.code == .server(.undefinedTable))
                    } else {
                        let rows = try await client.read("SELECT \(index) AS n")
                        #expect(try rows[0].decode(Int.self, "n") == index)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    @Test("all callers share one connection and each gets its own rows")
    func sharing() async throws {
        let client = database.client()
        let pids = try await withThrowingTaskGroup(of: Int.self) { group in
            for index in 0..<500 {
                group.addTask {
                    let rows = try await client.read(
                        "SELECT \(index) AS i, pg_backend_pid() AS pid FROM generate_series(1, \(index % 4))"
                    )
                    #expect(rows.count == index % 4)
                    for row in rows { #expect(try row.decode(Int.self, "i") == index) }
                    return try rows.first?.decode(Int.self, "pid") ?? 0
                }
            }
            return try await group.reduce(into: Set<Int>()) { $0.insert($1) }
        }
        #expect(pids.subtracting([0]).count == 1)
    }

    @Test("reads of one statement that wait together share a transaction, and no transaction holds other statements")
    func sharedTransactions() async throws {
        let client = database.client()
        try await eventually("some reads have met") {
            let reads = try await withThrowingTaskGroup(of: (Date, Int).self) { group in
                for index in 0..<200 {
                    group.addTask {
                        let row =
                            index % 2 == 0
                            ? try await client.read("SELECT now() AS began, 0 AS statement, \(index) AS i")[0]
                            : try await client.read("SELECT now() AS began, 1 AS statement, \(index) AS i")[0]
                        #expect(try row.decode(Int.self, "i") == index)
                        return (try row.decode(Date.self, "began"), try row.decode(Int.self, "statement"))
                    }
                }
                return try await group.reduce(into: [Date: [Int]]()) { $0[$1.0, default: []].append($1.1) }
            }
            #expect(reads.values.allSatisfy { Set($0).count == 1 && $0.count <= 16 })
            return reads.count < 200
        }
    }

    @Test("several lanes are several connections")
    func lanes() async throws {
        let client = database.client { $0.pipelineLanes = 2 }
        let pids = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<100 {
                group.addTask {
                    try await client.read("SELECT pg_backend_pid() AS pid, pg_sleep(0.001)")[0].decode(Int.self, "pid")
                }
            }
            return try await group.reduce(into: Set<Int>()) { $0.insert($1) }
        }
        #expect(pids.count == 2)
    }

    @Test("cancelling abandons the answer at once, and those behind it still get theirs")
    func cancellation() async throws {
        let client = database.client()
        let observer = database.client()
        let slow = Task { try await client.read("SELECT pg_sleep(1.5) /* abandoned */") }
        try await eventually {
            try await !observer.query(
                "SELECT 1 FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%/* abandoned%' AND pid <> pg_backend_pid()"
            ).isEmpty
        }
        slow.cancel()
        let error = await #expect(throws: PostgresError.self) { try await slow.value }
        #expect(error?.code == .cancelled)
        // The server goes on with the statement: no cancel request was sent.
        let stillRuns = try await observer.query(
            "SELECT 1 FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%/* abandoned%' AND pid <> pg_backend_pid()"
        )
        #expect(stillRuns.count == 1)
        #expect(try await client.read("SELECT \(5) AS n")[0].decode(Int.self, "n") == 5)
    }

    @Test("a read that is cancelled before it begins is not sent")
    func cancelledBefore() async throws {
        let client = database.client()
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await client.read("SELECT 1")
        }
        let error = await #expect(throws: PostgresError.self) { try await task.value }
        #expect(error?.code == .cancelled)
        #expect(try await client.read("SELECT 2 AS n")[0].decode(Int.self, "n") == 2)
    }

    @Test("a read ends with its deadline, and the lane recovers from a statement that hangs")
    func deadlines() async throws {
        let client = database.client { $0.readTimeout = .milliseconds(200) }
        let error = await #expect(throws: PostgresError.self) { try await client.read("SELECT pg_sleep(600)") }
        #expect(error?.code == .timeout)
        #expect(error?.kind == .retryable)
        // Those behind it time out too, until the connection is given up for a fresh one.
        try await eventually { (try? await client.read("SELECT 1")) != nil }
    }

    @Test("a write on the lane is refused by the server, and reads go on")
    func readOnly() async throws {
        let client = database.client()
        try await client.execute("CREATE TABLE t (id int)")
        for _ in 0..<2 {
            let error = await #expect(throws: PostgresError.self) { try await client.read("INSERT INTO t VALUES (1)") }
            #expect(error?.code == .server(.readOnlyTransaction))
        }
        #expect(try await client.read("SELECT * FROM t").isEmpty)
        #expect(try await client.execute("INSERT INTO t VALUES (1)") == 1)
    }

    @Test("the server ends a statement that no caller waits for any more, whatever the role's own limit")
    func serverTimeout() async throws {
        // Long enough to be seen at work before it ends.
        let client = database.client { $0.readTimeout = .seconds(3) }
        let observer = database.client()
        let isRunning = {
            try await !observer.query(
                """
                SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND state = 'active'
                    AND query LIKE '%/* endless %' AND pid <> pg_backend_pid()
                """
            ).isEmpty
        }
        let endless = Task { try await client.read("SELECT pg_sleep(600) /* endless */") }
        try await eventually { try await isRunning() }
        let error = await #expect(throws: PostgresError.self) { try await endless.value }
        #expect(error?.code == .timeout)
        try await eventually { try await !isRunning() }
    }

    @Test("a lane with no room left refuses at once")
    func saturation() async throws {
        let client = database.client { $0.maximumWaiters = 2 }
        let outcomes = await withTaskGroup(of: PostgresError.Code?.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    do {
                        _ = try await client.read("SELECT pg_sleep(0.3)")
                        return nil
                    } catch {
                        return (error as? PostgresError)?.code
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.contains(.poolExhausted))
        #expect(outcomes.contains(nil))
        #expect(try await client.read("SELECT 1").count == 1)
    }

    @Test("more distinct statements than the cache holds work, and the server keeps few")
    func statementCache() async throws {
        let client = database.client { $0.maximumPreparedStatements = 5 }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<200 {
                group.addTask {
                    let rows = try await client.read("SELECT \(unescaped: "\(index % 20)") AS kind, \(index) AS i")
                    #expect(try rows[0].decode(Int.self, "kind") == index % 20)
                    #expect(try rows[0].decode(Int.self, "i") == index)
                }
            }
            try await group.waitForAll()
        }
        let kept = try await client.read("SELECT count(*) AS n FROM pg_prepared_statements")
        #expect(try kept[0].decode(Int.self, "n") <= 5)
    }

    @Test("statements deallocated behind the lane's back are prepared again")
    func deallocated() async throws {
        let client = database.client()
        for _ in 0..<2 { _ = try await client.read("SELECT \(1) AS a") }
        _ = try await client.read("DEALLOCATE ALL")
        let values = try await withThrowingTaskGroup(of: Int.self) { group in
            for index in 0..<10 {
                group.addTask { try await client.read("SELECT \(index) AS a")[0].decode(Int.self, "a") }
            }
            return try await group.reduce(into: Set<Int>()) { $0.insert($1) }
        }
        #expect(values == Set(0..<10))
    }

    @Test("shutdown answers what is in flight, and later reads, with closed")
    func shutdown() async throws {
        let client = database.client()
        let observer = database.client()
        let reads = (0..<5).map { _ in Task { try await client.read("SELECT pg_sleep(600) /* lane shutdown */") } }
        let query = Task { try await client.query("SELECT pg_sleep(600) /* lane shutdown */") }
        try await eventually {
            try await observer.query(
                """
                SELECT 1 FROM pg_stat_activity
                WHERE state = 'active' AND query LIKE '%/* lane shutdown%' AND pid <> pg_backend_pid()
                """
            ).count == 2
        }
        await client.shutdown()
        for task in reads + [query] {
            let error = await #expect(throws: PostgresError.self) { try await task.value }
            #expect(error?.code == .closed)
        }
        for lane in [true, false] {
            let error = await #expect(throws: PostgresError.self) {
                try await lane ? client.read("SELECT 1") : client.query("SELECT 1")
            }
            #expect(error?.code == .closed)
        }
    }
}
