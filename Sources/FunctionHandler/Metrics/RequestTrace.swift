import HTTPTypes
import Telemetry

/// A request while it is answered, for telemetry.
struct RequestTrace: Sendable {
    let telemetry: TelemetryClient
    let operation: TelemetryOperation
    let route: Route

    private var isInvocation: Bool { route.access == .host }

    /// Runs the handler so that the calls it makes are told with the request's id, if the request is one that is sent.
    func carry(_ handler: () async throws -> Response) async throws -> Response {
        let current = isInvocation ? operation : telemetry.sampled(operation)
        return try await TelemetryOperation.$current.withValue(current) { try await handler() }
    }

    /// Tells of the answer. That to an invocation waits until all is sent, but never long.
    func tell(_ response: Response, duration: Duration) async {
        telemetry.request(
            // The table's path: that of the request names users.
            isInvocation ? String(route.path.dropFirst()) : "\(route.method.rawValue) \(route.path)",
            status: response.status.code,
            duration: duration,
            source: response.source,
            isInvocation: isInvocation,
            of: operation
        )
        if isInvocation { await telemetry.flush(within: ServerLimits.telemetryFlush) }
    }
}
