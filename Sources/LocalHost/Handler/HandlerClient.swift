import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix

/// HTTP calls to the handler on 127.0.0.1, in clear HTTP/1.1, without redirects or decompression.
struct HandlerClient: Sendable {
    private let client: HTTPClient

    /// - Parameter inactivity: longest pause of a connection without a byte read; nil = none.
    init(inactivity: Duration?) {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.httpVersion = .http1Only
        configuration.timeout.connect = .seconds(5)
        configuration.timeout.read = inactivity.map { .milliseconds(Int64($0.seconds * 1_000)) }
        // The host has no limit on parallel calls; AsyncHTTPClient's default of eight would queue the ninth.
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 4_096
        // Retries are the caller's rule (proxying has one, invocations have none).
        configuration.connectionPool.retryConnectionEstablishment = false
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// Sends one request; returns when the response head is there.
    func send(_ request: HTTPClientRequest) async throws -> HTTPClientResponse {
        // The callers bound the time; a year stands for "no deadline".
        try await client.execute(request, timeout: .hours(24 * 365))
    }

    /// Sends one request with a limit on the time to the response head.
    func send(_ request: HTTPClientRequest, within limit: Duration) async throws -> HTTPClientResponse {
        try await client.execute(request, timeout: .milliseconds(max(1, Int64(limit.seconds * 1_000))))
    }

    func shutdown() async {
        try? await client.shutdown()
    }

    static func url(port: Int, target: String) -> String { "http://127.0.0.1:\(port)\(target)" }

    /// Whether an error means that no connection came about: nothing was sent.
    static func isConnectError(_ error: any Error) -> Bool {
        if error is NIOConnectionError { return true }
        if let error = error as? IOError { return error.errnoCode == ECONNREFUSED }
        return (error as? HTTPClientError) == .connectTimeout
    }
}
