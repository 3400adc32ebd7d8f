import Composition
import HTTPTypes
import Logging
import TextFormats
import Threading

/// The routes only the Functions host calls: the readiness probe and one POST per function.
struct HostRoutes: Sendable {
    typealias TimerHandler = @Sendable (TimerInvocation) async throws -> InvocationResponse
    typealias QueueHandler = @Sendable (QueueInvocation) async throws -> InvocationResponse

    /// By the name of a function's folder, with its exact casing: the host calls `POST /<name>`.
    let timers: [String: TimerHandler]
    var queues: [String: QueueHandler] = [:]
    let functionTimeout: FunctionTimeout
    var redaction = Redaction.none
    var stop = StopSignal()
    var errorSink: @Sendable ([UInt8]) -> Void = { StandardStream.error.writeLine($0) }

    /// Answered before anything is loaded: the host waits for it, and asks again later as a ping.
    static func probe(_: RoutedRequest) async throws -> Response {
        .json(Array("{}".utf8))
    }

    var routes: [Route] {
        [
            Route(.get, "/", .anyone, isPrefixed: false, Self.probe),
            Route(.post, "/\(Self.httpFunction)", .host, isPrefixed: false, refuseHTTPInvocation),
        ]
            + timers.sorted { $0.key < $1.key }.map { name, handler in
                route(name, handler) {
                    try TimerInvocation($0, functionName: name, invocationID: $1, deadline: $2)
                }
            }
            + queues.sorted { $0.key < $1.key }.map { name, handler in
                route(name, handler) {
                    try QueueInvocation($0, functionName: name, invocationID: $1, deadline: $2)
                }
            }
    }

    /// The route of a function.
    /// - Parameter decode: reads what it is called with, from the body, the invocation's id and the moment by which its work should be
    ///   finished.
    private func route<Call: Sendable>(
        _ name: String,
        _ handler: @escaping @Sendable (Call) async throws -> InvocationResponse,
        _ decode: @escaping @Sendable (InvocationRequest, String?, ContinuousClock.Instant?) throws -> Call
    ) -> Route {
        Route(.post, "/\(name)", .host, isPrefixed: false) { request in
            try await invoke(name, request) { body, deadline in
                let call = try decode(body, request.invocationID, deadline)
                return { try await handler(call) }
            }
        }
    }

    private typealias Work = @Sendable () async throws -> InvocationResponse

    /// - Parameter decode: reads what the function is called with; gets the moment by which its work should be finished.
    private func invoke(
        _ name: String,
        _ request: RoutedRequest,
        _ decode: (InvocationRequest, ContinuousClock.Instant?) throws -> Work
    ) async throws -> Response {
        var logger = request.logger
        logger[metadataKey: LogField.function] = "\(name)"
        let started = ContinuousClock.now
        do {
            let body = try RequestBodyReader(limit: ServerLimits.invocationBytes).bytes(of: request.request)
            let work = try decode(
                InvocationRequest(parsing: body),
                functionTimeout.workDeadline.map { started + $0 }
            )
            let cutOff = functionTimeout.deadline.map { started + $0 }
            let response = try await run(work, cutOff: cutOff)
            logger.info(
                "invocation finished",
                metadata: [LogField.durationMilliseconds: "\(started.elapsedMilliseconds)"]
            )
            return response.response
        } catch {
            report(error, of: name, request, logger, milliseconds: started.elapsedMilliseconds)
            throw error
        }
    }

    /// Cancels the handler at the cut-off, or when the process is asked to end. A handler that observes its own, earlier
    /// deadline answers with what it has instead.
    private func run(
        _ work: @escaping Work,
        cutOff: ContinuousClock.Instant?
    ) async throws -> InvocationResponse {
        do {
            return try await withDeadline(until: cutOff) { [stop] in
                try await stop.cancelling { try await work() }
            }
        } catch is DeadlineExceeded where cutOff.map({ $0 <= .now }) == true {
            throw Problem.unavailable(
                "the invocation was stopped shortly before the host's functionTimeout; the next tick resumes its work",
                kind: "deadline"
            )
        }
    }

    /// HttpApi serves forwarded requests only: a host that neither forwards nor proxies calls it like a timer, and expects
    /// the answer in a binding.
    @Sendable
    private func refuseHTTPInvocation(_ request: RoutedRequest) async throws -> Response {
        let problem = Problem.notForwarded
        report(problem, of: Self.httpFunction, request, request.logger, milliseconds: 0)
        throw problem
    }

    private static let httpFunction = "HttpApi"

    /// The host drops the body and the Logs of any answer but 2xx, so the reason goes out as an error line of ours and, as
    /// one line of JSON, to stderr, which the host files as an error.
    private func report(
        _ error: any Error,
        of name: String,
        _ request: RoutedRequest,
        _ logger: Logger,
        milliseconds: Int64
    ) {
        let reason = (error as? Problem)?.detail ?? "\(error)"
        logger.error(
            "invocation failed",
            metadata: [LogField.error: "\(reason)", LogField.durationMilliseconds: "\(milliseconds)"]
        )
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("level", "error")
            writer.member("message", "invocation failed")
            writer.member("function", name)
            writer.member("invocation_id", request.invocationID)
            writer.member("error", redaction.apply(to: reason))
        }
        errorSink(writer.finish())
    }
}

extension ContinuousClock.Instant {
    /// Whole milliseconds since this instant.
    var elapsedMilliseconds: Int64 {
        let (seconds, attoseconds) = (ContinuousClock.now - self).components
        return seconds * 1_000 + attoseconds / 1_000_000_000_000_000
    }
}
