import AzureBlob
import FoundationEssentials
import IngestionTestSupport
import Logging
import Synchronization
import TestSupport
import Testing
import TextFormats

@testable import Telemetry

/// The client against a double of the ingestion endpoint, one way to answer after the other.
@Suite(.slot) struct TelemetryClientTests {
    static let key = "00000000-0000-0000-0000-00000000abcd"

    /// A clock that only a test moves.
    private final class Clock: Sendable {
        private let start = ContinuousClock.now
        private let added = Mutex<Duration>(.zero)
        func advance(_ duration: Duration) { added.withLock { $0 += duration } }
        var now: ContinuousClock.Instant { start + added.withLock { $0 } }
    }

    private final class Tokens: TokenCredential {
        private let state = Mutex((given: 0, refused: [String]()))
        var refused: [String] { state.withLock { $0.refused } }

        func token(scope: String) async throws -> AccessToken {
            let number = state.withLock { state in
                state.given += 1
                return state.refused.count
            }
            #expect(scope == "https://monitor.azure.com//.default")
            return AccessToken(token: "token-\(number)", expiresOn: .distantFuture)
        }

        func refuse(_ token: String, scope: String) async { state.withLock { $0.refused.append(token) } }
    }

    private struct Client {
        let telemetry: TelemetryClient
        let transport: CurlTransport
        let clock: Clock
    }

    private static func with(
        _ endpoint: String,
        credential: (any TokenCredential)? = nil,
        _ change: (inout TelemetryOptions) -> Void = { _ in },
        _ body: (Client) async throws -> Void
    ) async throws {
        let clock = Clock()
        var options = TelemetryOptions()
        options.sampling = Sampling(percent: 100)
        options.now = { clock.now }
        options.jitter = { 1 }
        change(&options)
        let transport = CurlTransport()
        defer { transport.shutdown() }
        let telemetry = TelemetryClient(
            try IngestionSettings(connectionString: "InstrumentationKey=\(key);IngestionEndpoint=\(endpoint)"),
            options: options,
            source: TelemetrySource(role: "shop-handler", instance: "i", version: "v"),
            transport: transport,
            credential: credential,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        try await body(Client(telemetry: telemetry, transport: transport, clock: clock))
    }

    private func flush(_ client: Client) async { await client.telemetry.flush(within: .testDeadline) }

    @Test("items arrive compressed in one array with their key, time, operation, names and dimensions")
    func fields() async throws {
        try await HTTPDouble.with { double in
            try await Self.with(double.url) { client in
                let operation = TelemetryOperation(
                    traceParent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                    invocationID: "9ba0f7d6-6c6c-4b7b-8d8e-3b6d3b0c0a01"
                )
                TelemetryOperation.$current.withValue(operation) {
                    client.telemetry.event(.batchCompleted, [.jobID: "job-1"])
                    client.telemetry.metric(.batchUsers, 12, [.jobType: "full"])
                    client.telemetry.dependency(
                        type: "postgresql",
                        target: "database",
                        name: "UserRepository",
                        duration: .milliseconds(3),
                        isSuccess: true
                    )
                }
                client.telemetry.request(
                    "GET /users/{user_id}",
                    status: 503,
                    duration: .seconds(2),
                    source: "cache",
                    of: operation
                )
                await flush(client)
                let request = try #require(double.received.first)
                #expect(request.path == "/v2.1/track")
                #expect(request.wasCompressed)
                #expect(request.headers["authorization"] == nil)
                #expect(request.headers["content-type"] == "application/json")
                let items = request.items
                #expect(items.map(\.kind) == ["EventData", "MetricData", "RemoteDependencyData", "RequestData"])
                for item in items {
                    #expect(item.json["iKey"]?.string == Self.key)
                    #expect(item.json["sampleRate"]?.double == 100)
                    #expect(item.json["time"]?.string.flatMap(Timestamp.date) != nil)
                    #expect(item.operationID == operation.id)
                    #expect(item.role == "shop-handler")
                    #expect(item.data["ver"]?.integer == 2)
                }
                #expect(items[0].name == "batch.completed")
                #expect(items[0].property("job_id") == "job-1")
                #expect(items[0].parentID == operation.spanID)
                #expect(items[1].value == 12)
                #expect(items[2].parentID == operation.spanID)
                #expect(items[2].data["duration"]?.string == "0.00:00:00.0030000")
                #expect(items[3].data["id"]?.string == operation.spanID)
                #expect(items[3].parentID == "b7ad6b7169203331")
                #expect(items[3].data["responseCode"]?.string == "503")
                #expect(items[3].data["success"]?.bool == false)
                #expect(items[3].property("InvocationId") == "9ba0f7d6-6c6c-4b7b-8d8e-3b6d3b0c0a01")
                #expect(items[3].property("source") == "cache")
            }
        }
    }

    @Test(
        "requests are sampled by their operation and say at which rate; events, failures and invocations are all sent"
    )
    func sampled() async throws {
        try await HTTPDouble.with { double in
            try await Self.with(double.url) {
                $0.sampling = Sampling(percent: 20)
            } _: { client in
                let operations = (0..<200).map { _ in TelemetryOperation() }
                for operation in operations {
                    client.telemetry.request("GET /a", status: 200, duration: .zero, of: operation)
                    client.telemetry.request("GET /b", status: 500, duration: .zero, of: operation)
                    client.telemetry.request("Timer", status: 200, duration: .zero, isInvocation: true, of: operation)
                    client.telemetry.event(.batchStarted)
                }
                await flush(client)
                let kept = Set(operations.map(\.id).filter(Sampling(percent: 20).keeps))
                let sent = double.items.filter { $0.name == "GET /a" }
                #expect(Set(sent.compactMap(\.operationID)) == kept)
                #expect(sent.allSatisfy { $0.json["sampleRate"]?.double == 20 })
                for name in ["GET /b", "Timer", "batch.started"] {
                    let items = double.items.filter { $0.name == name }
                    #expect(items.count == 200, "\(name)")
                    #expect(items.allSatisfy { $0.json["sampleRate"]?.double == 100 })
                }
            }
        }
    }

    @Test("206: only what may be accepted later is sent again; the rest is counted")
    func partial() async throws {
        let answer = """
            {"itemsReceived":4,"itemsAccepted":1,"errors":[{"index":0,"statusCode":429,"message":"x"},
            {"index":2,"statusCode":400,"message":"x"},{"index":3,"statusCode":503,"message":"x"}]}
            """
        try await HTTPDouble.with({ _, number in number == 1 ? .status(206, body: answer) : .status(200) }) { double in
            try await Self.with(double.url) { client in
                for number in 0..<4 { client.telemetry.event(.batchStarted, [.jobID: "job-\(number)"]) }
                await flush(client)
                #expect(double.received.count == 1)
                client.clock.advance(.seconds(10))
                await flush(client)
                let second = try #require(double.received.dropFirst().first).items
                #expect(second.compactMap { $0.property("job_id") } == ["job-0", "job-3"])
                #expect(second.first { $0.name == "telemetry.dropped" }?.value == 1)
                await flush(client)
                #expect(double.received.count == 2)
            }
        }
    }

    @Test("429: nothing is sent before Retry-After, then everything is")
    func throttled() async throws {
        try await HTTPDouble.with({ _, number in
            number == 1 ? .status(429, headers: ["Retry-After": "100"]) : .status(200)
        }) { double in
            try await Self.with(double.url) { client in
                client.telemetry.event(.batchStarted)
                await flush(client)
                client.clock.advance(.seconds(50))
                client.telemetry.event(.batchCompleted)
                await flush(client)
                #expect(double.received.count == 1)
                client.clock.advance(.seconds(60))
                await flush(client)
                #expect(double.received.last?.items.map(\.name) == ["batch.started", "batch.completed"])
            }
        }
    }

    @Test(
        "439: nothing is taken in until the quota's day is over; what was lost is counted and told then",
        arguments: [402, 439]
    )
    func quota(status: Int) async throws {
        try await HTTPDouble.with({ _, number in
            number == 1 ? .status(status, headers: ["Retry-After": "7200"]) : .status(200)
        }) { double in
            try await Self.with(double.url) { client in
                client.telemetry.event(.batchStarted)
                client.telemetry.event(.batchStarted)
                await flush(client)
                client.clock.advance(.seconds(7_000))
                client.telemetry.event(.batchFailed)
                await flush(client)
                #expect(double.received.count == 1)
                #expect(client.telemetry.dropped == 3)
                client.clock.advance(.seconds(300))
                client.telemetry.event(.batchCompleted)
                await flush(client)
                let items = try #require(double.received.last).items
                #expect(items.map(\.name) == ["batch.completed", "telemetry.dropped"])
                #expect(items.last?.value == 3)
            }
        }
    }

    @Test("307 and 308: the batch follows to the new address, and so do later ones", arguments: [307, 308])
    func redirected(status: Int) async throws {
        try await HTTPDouble.with { target in
            let location = "\(target.url)/v2.1/track"
            try await HTTPDouble.with({ _, _ in .status(status, headers: ["Location": location]) }) { double in
                try await Self.with(double.url) { client in
                    client.telemetry.event(.batchStarted)
                    await flush(client)
                    client.telemetry.event(.batchCompleted)
                    await flush(client)
                    #expect(target.items.map(\.name) == ["batch.started", "batch.completed"])
                    #expect(double.received.count == 1)
                }
            }
        }
    }

    @Test("a redirect to any other host is not followed, nor one that leads round in circles")
    func strangeRedirect() async throws {
        try await HTTPDouble.with({ request, _ in
            .status(307, headers: ["Location": "https://evil.example/v2.1/track"])
        }) { double in
            try await Self.with(double.url) { client in
                client.telemetry.event(.batchStarted)
                await flush(client)
                #expect(double.received.count == 1)
                #expect(client.telemetry.dropped == 1)
            }
        }
        try await HTTPDouble.with({ request, _ in
            .status(307, headers: ["Location": "http://\(request.headers["host"] ?? "")/again"])
        }) { double in
            try await Self.with(double.url) { client in
                client.telemetry.event(.batchStarted)
                await flush(client)
                #expect(double.received.count == 4)
                #expect(client.telemetry.dropped == 1)
            }
        }
    }

    @Test("5xx and a closed connection: sent again after longer and longer pauses, and given up after the last attempt")
    func failing() async throws {
        try await HTTPDouble.with({ _, number in number.isMultiple(of: 2) ? .close : .status(503) }) { double in
            try await Self.with(double.url) {
                $0.attempts = 3
            } _: { client in
                client.telemetry.event(.batchStarted)
                await flush(client)
                #expect(double.received.count == 1)
                client.clock.advance(.seconds(1))
                await flush(client)
                #expect(double.received.count == 1, "the first pause is two seconds")
                client.clock.advance(.seconds(2))
                await flush(client)
                let afterSecond = double.received.count
                #expect(afterSecond >= 2)
                client.clock.advance(.seconds(3))
                await flush(client)
                #expect(double.received.count == afterSecond, "the second pause is four seconds")
                client.clock.advance(.seconds(60))
                await flush(client)
                #expect(client.telemetry.dropped == 1)
                client.clock.advance(.seconds(600))
                let all = double.received.count
                await flush(client)
                #expect(double.received.count == all)
            }
        }
    }

    @Test("while the endpoint holds its answer a flush ends at its limit, telling goes on, and memory stays bounded")
    func slow() async throws {
        try await HTTPDouble.with({ _, _ in .hold }) { double in
            try await Self.with(double.url) {
                $0.queueLimit = 10
                $0.requestTimeout = .testDeadline
            } _: { client in
                client.telemetry.event(.batchStarted)
                await client.telemetry.flush(within: .milliseconds(200))
                try await eventually { double.held == 1 }
                // It returned, and the endpoint has not answered.
                for _ in 0..<50 { client.telemetry.event(.batchCompleted) }
                #expect(client.telemetry.dropped == 40)
                await client.telemetry.flush(within: .milliseconds(200))
                #expect(double.held == 1, "one sending at a time")
                #expect(double.received.count == 1)
            }
        }
    }

    @Test("while the endpoint is not there items wait, and they arrive when it is back")
    func refusing() async throws {
        let port = try await HTTPDouble.with { $0.port }
        try await Self.with("http://127.0.0.1:\(port)") { client in
            client.telemetry.event(.batchStarted)
            await flush(client)
            client.telemetry.event(.batchCompleted)
            await flush(client)
            client.clock.advance(.seconds(60))
            try await HTTPDouble.with(port: port) { double in
                await flush(client)
                #expect(double.items.map(\.name) == ["batch.started", "batch.completed"])
            }
            #expect(client.telemetry.dropped == 0)
        }
    }

    @Test("with Entra ID each request has a token; one that is refused is replaced once")
    func tokens() async throws {
        let tokens = Tokens()
        try await HTTPDouble.with({ request, _ in
            .status(request.headers["authorization"] == "Bearer token-1" ? 200 : 401)
        }) { double in
            try await Self.with(double.url, credential: tokens) { client in
                client.telemetry.event(.batchStarted)
                await flush(client)
                #expect(
                    double.received.compactMap { $0.headers["authorization"] } == ["Bearer token-0", "Bearer token-1"]
                )
                #expect(tokens.refused == ["token-0"])
            }
        }
    }

    @Test("an identity without the role is asked again after a pause: roles take time to be known")
    func withoutRole() async throws {
        try await HTTPDouble.with({ _, number in .status(number <= 2 ? 403 : 200) }) { double in
            try await Self.with(double.url, credential: Tokens()) { client in
                client.telemetry.event(.batchStarted)
                await flush(client)
                #expect(double.received.count == 2)
                client.clock.advance(.seconds(60))
                await flush(client)
                #expect(double.received.count == 3)
                #expect(client.telemetry.dropped == 0)
            }
        }
    }

    @Test("calls of one operation are told up to a hundred, and none outside of one")
    func dependencies() async throws {
        try await HTTPDouble.with { double in
            try await Self.with(double.url) { client in
                func call() {
                    client.telemetry.dependency(type: "t", target: "x", name: "n", duration: .zero, isSuccess: true)
                }
                call()
                TelemetryOperation.$current.withValue(TelemetryOperation()) { for _ in 0..<150 { call() } }
                client.telemetry.event(.batchStarted)
                await flush(client)
                #expect(double.items.filter { $0.kind == "RemoteDependencyData" }.count == 100)
            }
        }
    }
}
