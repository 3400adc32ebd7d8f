import AsyncHTTPClient

/// Waits until a fresh handler answers `GET /`.
struct ReadinessProbe: Sendable {
    let client: HandlerClient
    let limit: Duration

    /// Any HTTP status means ready. Connection refused: try again after 25 ms. Any other transport error counts as
    /// ready too, as in the host; a socket that is accepted but never answers runs into `limit`.
    ///
    /// - Throws: `HandlerNotReady` at the limit, `CancellationError`.
    func wait(port: Int) async throws {
        let deadline = ContinuousClock.now + limit
        let request = HTTPClientRequest(url: HandlerClient.url(port: port, target: "/"))
        while true {
            let left = deadline - ContinuousClock.now
            guard left > .zero else {
                throw HandlerNotReady(message: "it did not listen on port \(port) within \(limit.words)")
            }
            do {
                let response = try await client.send(request, within: left)
                for try await _ in response.body {}
                return
            } catch let error as HTTPClientError where error == .deadlineExceeded {
                throw HandlerNotReady(
                    message: "it accepted a connection on port \(port) but did not answer GET / within "
                        + "\(limit.words): answer it before loading anything"
                )
            } catch  where HandlerClient.isConnectError(error) {
                try await Task.sleep(for: .milliseconds(25))
            } catch {
                try Task.checkCancellation()
                return
            }
        }
    }
}

/// The handler started but never became ready.
struct HandlerNotReady: Error, CustomStringConvertible {
    let message: String
    var description: String { message }
}
