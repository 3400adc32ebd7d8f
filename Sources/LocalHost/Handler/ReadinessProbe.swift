import HTTPTypes
import LoopbackHTTP
import Threading

/// Waits until a fresh handler answers `GET /`.
struct ReadinessProbe: Sendable {
    let client: LoopbackClient
    let limit: Duration

    /// `GET /`: readiness before the first call, health later.
    static let request = HTTPRequest(method: .get, scheme: "http", authority: nil, path: "/")

    /// Any HTTP status means ready. Connection refused: try again after 25 ms. Any other transport error counts as
    /// ready too, as in the host; a socket that is accepted but never answers runs into `limit`.
    ///
    /// - Throws: `HandlerUnavailable` at the limit, `CancellationError`.
    func wait(port: Int) async throws {
        let end = ContinuousClock.now + limit
        while ContinuousClock.now < end {
            do {
                _ = try await withDeadline(until: end) { [client] in
                    try await client.collect(Self.request, port: port)
                }
                return
            } catch is DeadlineExceeded {
                // On a busy machine even an attempt to connect may be under way at the limit.
                guard LoopbackPort.obstacle(to: port) != nil else { break }
                throw HandlerUnavailable(
                    description: "it accepted a connection on port \(port) but did not answer GET / within "
                        + "\(limit.inSeconds): answer it before loading anything"
                )
            } catch LoopbackError.notConnected {
                try await Task.sleep(for: .milliseconds(25))
            } catch {
                try Task.checkCancellation()
                return
            }
        }
        throw HandlerUnavailable(description: "it did not listen on port \(port) within \(limit.inSeconds)")
    }
}
