import Foundation
import HTTPTypes
import Postgres
import TestSupport
import Testing
import TextFormats

@testable import Composition
@testable import FunctionHandler

/// A database that cannot be reached: port 1 of this machine refuses every connection.
@Suite struct DatabaseUnavailableTests {
    private func calls() -> Calls {
        var config = AppConfig()
        config.port = 7071
        config.database.uri = "postgresql://shop:secret-password@127.0.0.1:1/shop"
        config.blob.location = .file(directory: NSTemporaryDirectory() + "database-unavailable-blobs")
        config.adminKey = AdminKey(ApiShop.key)
        return Calls(responder: buildApp(config, problems: [], logger: Calls.quiet).responder)
    }

    @Test(
        "the probe and liveness answer before and without any connection",
        arguments: ["/", "/health", "/api/health"]
    )
    func alive(path: String) async throws {
        #expect(try await calls()(.get, path).status == 200)
    }

    @Test(
        "every route that needs the database is 503 with Retry-After and gives nothing away",
        arguments: [
            (HTTPRequest.Method.get, "/products", nil), (.get, "/products/P-1", nil), (.get, "/categories", nil),
            (.get, "/users", nil),
            (.get, "/users/U-1", nil), (.get, "/recommendations/U-1", nil), (.get, "/trending", nil),
            (.get, "/batch/jobs", nil),
            (.get, "/batch/status", nil), (.post, "/batch/trigger", nil), (.get, "/health/ready", nil),
            (.get, "/models", nil), (.get, "/models/m-1", nil), (.post, "/models/m-1/activate", nil),
            (.get, "/generations", nil), (.post, "/generations/1/activate", nil),
            (.post, "/interactions", #"{"user_id":"u","product_id":"p","interaction_type":"view"}"#),
        ] as [(HTTPRequest.Method, String, String?)]
    )
    func unavailable(method: HTTPRequest.Method, path: String, body: String?) async throws {
        let answer = try await calls()(method, path, headers: ApiShop.admin, body: body)
        #expect(answer.status == 503)
        #expect(answer.headers[.retryAfter] != nil)
        _ = try answer.problem()
        #expect(!answer.text.contains("secret-password"))
    }

    @Test("readiness says which part is missing")
    func readiness() async throws {
        let problem = try await calls()(.get, "/health/ready").problem()
        #expect(problem["type"] == .string("urn:recommender-shop:problem:not-ready"))
        #expect(problem["database"]?["status"] == .string("failed"))
        #expect(problem["blob"]?["status"] == .string("ok"))
        // Reasons are phrases of our own: the error names host, port and role.
        let text = try await calls()(.get, "/health/ready").text
        for part in ["127.0.0.1", "port 1", "secret"] { #expect(!text.contains(part), "\(text)") }
    }

    @Test(
        "a store in which nothing could be written is named, whoever asks",
        arguments: ["/proc/nope", "/etc/passwd/x"]
    )
    func unusableStore(directory: String) async throws {
        var config = AppConfig()
        config.database.uri = "postgresql://shop@127.0.0.1:1/shop"
        config.blob.location = .file(directory: directory)
        let calls = Calls(responder: buildApp(config, problems: [], logger: Calls.quiet).responder)
        let problem = try await calls(.get, "/health/ready").problem()
        #expect(problem["blob"]?["status"] == .string("failed"))
        #expect(problem["blob"]?["reason"] == .string("models cannot be written and read there"))
    }

    @Test("the host's tick is 503 with Retry-After, not an internal error")
    func tick() async throws {
        let tick = #"{"Data":{"tick":{"Schedule":{},"ScheduleStatus":null,"IsPastDue":false}},"Metadata":{}}"#
        let answer = try await calls()(.post, "/GenerateRecommendations", body: tick)
        #expect(answer.status == 503)
        #expect(answer.headers[.retryAfter] != nil)
        #expect(try answer.problem()["type"] == .string("urn:recommender-shop:problem:database-unavailable"))
    }

    @Test("a login that the server refuses is told from a server that is not there")
    func refusedLogin() async throws {
        try await TestDatabase.with { database in
            var config = AppConfig()
            config.adminKey = AdminKey(ApiShop.key)
            config.database.uri = database.uri.replacing(database.name, with: "no_such_database")
            let app = buildApp(config, problems: [], logger: Calls.quiet)
            let answer = try await Calls(responder: app.responder)(.get, "/users", headers: ApiShop.admin)
            #expect(answer.status == 503)
            #expect(answer.headers[.retryAfter] == "30")
            #expect(try answer.problem()["type"] == .string("urn:recommender-shop:problem:database-login"))
            #expect(!answer.text.contains("no_such_database"))
        }
    }

    @Test(
        "errors of the database become what their caller can act on",
        arguments: [
            (PostgresError(.connection, "refused"), 503, "database-unavailable"),
            (PostgresError(.poolExhausted, "nobody came back"), 503, "database-busy"),
            (PostgresError(.timeout, "slow"), 503, "database-unavailable"),
            (PostgresError(.closed, "closed"), 503, "database-unavailable"),
            (PostgresError(.server(.adminShutdown), "bye"), 503, "database-unavailable"),
            (PostgresError(.server("53300"), "full"), 503, "database-unavailable"),
            (PostgresError(.server(.queryCanceled), "timeout"), 503, "database-timeout"),
            (PostgresError(.server(.undefinedTable), "no table"), 503, "schema-out-of-date"),
            (PostgresError(.server(.invalidPassword), "password authentication failed"), 503, "database-login"),
            (PostgresError(.server(.invalidAuthorization), "role does not exist"), 503, "database-login"),
            (PostgresError(.server(.undefinedDatabase), "database does not exist"), 503, "database-login"),
            (PostgresError(.server(.cannotConnectNow), "starting up"), 503, "database-unavailable"),
            (PostgresError(.server(.lockNotAvailable), "lock timeout"), 503, "database-unavailable"),
            (PostgresError(.configuration, "hunter2"), 503, "bad-setting"),
            (PostgresError(.server(.serializationFailure), "again"), 503, "database-unavailable"),
            (PostgresError(.decoding, "column x"), 500, "internal-error"),
            (PostgresError(.server("42601"), "at x"), 500, "internal-error"),
        ]
    )
    func mapping(error: PostgresError, status: Int, kind: String) {
        let problem = ErrorMapping().problem(for: error, method: .get, path: "/x", logger: Calls.quiet)
        #expect(problem.status.code == status)
        #expect(problem.kind == kind)
        #expect(!problem.detail.contains(error.message))
        #expect(status != 503 || problem.headers[.retryAfter] != nil)
    }
}
