import Testing

@testable import Postgres

@Suite("PostgresError: what the caller may do")
struct PostgresErrorTests {
    @Test(
        "server errors are classed by SQLSTATE",
        arguments: [
            ("40001", PostgresError.Kind.retryable), ("40P01", .retryable), ("55P03", .retryable),
            ("53300", .retryable), ("57P01", .retryable), ("57P03", .retryable), ("08006", .retryable),
            ("25006", .retryable), ("08007", .ambiguous), ("40003", .ambiguous), ("23505", .fatal),
            ("42601", .fatal), ("57014", .fatal), ("28P01", .fatal), ("08P01", .fatal),
        ]
    )
    func kinds(state: String, kind: PostgresError.Kind) {
        #expect(PostgresError(.server(SQLState(state)), "…").kind == kind)
    }

    @Test("our own errors are classed too")
    func ownKinds() {
        #expect(PostgresError(.connection, "").kind == .retryable)
        #expect(PostgresError(.poolExhausted, "").kind == .retryable)
        #expect(PostgresError(.timeout, "").kind == .retryable)
        #expect(PostgresError(.cancelled, "").kind == .fatal)
        #expect(PostgresError(.decoding, "").kind == .fatal)
        #expect(PostgresError(.configuration, "").kind == .fatal)
    }

    @Test("what may succeed later is told from errors of the statement")
    func transience() {
        for code in [
            PostgresError.Code.connection, .poolExhausted, .timeout, .closed, .server("57P03"), .server("53300"),
            .server("53100"), .server("25006"), .server("40001"), .server("08P01"),
        ] {
            #expect(PostgresError(code, "").isTransient, "\(code)")
        }
        for code in [PostgresError.Code.server("23505"), .decoding, .cancelled, .server("57014")] {
            #expect(!PostgresError(code, "").isTransient, "\(code)")
        }
    }

    @Test("the SQLSTATE of a failed connect is found in libpq's verbose message")
    func stateInVerboseMessage() {
        let tcp = """
            connection to server at "127.0.0.1", port 5432 failed: FATAL:  28P01: password authentication failed for \
            user "x" LOCATION:  auth_failed, auth.c:326
            """
        #expect(ServerConnection.sqlState(inVerboseMessage: tcp) == .invalidPassword)
        let german = "FATAL:  57P03: das Datenbanksystem startet LOCATION:  ProcessStartupPacket, postmaster.c:2313"
        #expect(ServerConnection.sqlState(inVerboseMessage: german) == .cannotConnectNow)
        let refused = "connection to server on socket \"/tmp/.s.PGSQL.5432\" failed: Connection refused Is the server"
        #expect(ServerConnection.sqlState(inVerboseMessage: refused) == nil)
    }

    @Test("the description names code, kind, message, query and place")
    func description() {
        let error = PostgresError(
            .server(.uniqueViolation),
            "duplicate key",
            query: "INSERT",
            fileID: "A/B.swift",
            line: 7
        )
        #expect(
            error.description
                == "PostgresError server(23505) [fatal]: duplicate key Query: INSERT At A/B.swift:7"
        )
    }

    @Test("pauses between attempts grow, stay bounded and differ")
    func retryPauses() {
        #expect(TransactionRetry.pause(attempt: 1, random: 0) == .microseconds(2500))
        #expect(TransactionRetry.pause(attempt: 1, random: 0.999) < .milliseconds(8))
        #expect(TransactionRetry.pause(attempt: 3, random: 0.5) == .milliseconds(20))
        #expect(TransactionRetry.pause(attempt: 50, random: 0.5) == .milliseconds(200))
    }

    @Test("begin statements carry isolation, access mode and timeouts in one round trip")
    func beginStatements() {
        #expect(TransactionOptions().beginStatement == "BEGIN ISOLATION LEVEL READ COMMITTED")
        let options = TransactionOptions(
            isolation: .serializable,
            readOnly: true,
            statementTimeout: .seconds(5),
            lockTimeout: .microseconds(10)
        )
        #expect(
            options.beginStatement
                == "BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY; SET LOCAL statement_timeout = 5000; "
                + "SET LOCAL lock_timeout = 1"
        )
    }
}
