import Composition
import HTTPTypes
import Logging
import Telemetry

/// Every request of the process goes through here: route, access, handler, and a problem body for whatever goes wrong.
///
/// The table is our own: a test walks it, and a path that exists for other methods is told from one that does not exist.
/// An object, so that a request takes it over by one reference.
final class AppResponder: Sendable {
    let table: RouteTable
    let access: AccessPolicy
    let cors: CORSPolicy
    let port: Int
    let errorMapping: ErrorMapping
    let limiter: RateLimiter?
    let bodies: RequestBodyReader
    /// Counts what is served; nil where nobody counts.
    let metrics: RequestMetrics?
    /// Nil unless Application Insights is told.
    let telemetry: TelemetryClient?
    let logger: Logger
    /// The answer to every path the table does not have; with a bad setting that is 503 instead of 404.
    let fallback: Problem

    init(
        _ config: AppConfig,
        _ routes: [Route],
        _ logger: Logger,
        identity: IdentitySource = .nobody,
        writeRefusals: WriteRefusals = WriteRefusals(),
        metrics: RequestMetrics? = nil,
        telemetry: TelemetryClient? = nil,
        fallback: Problem = .noSuchRoute
    ) {
        table = RouteTable(routes)
        access = AccessPolicy(adminKey: config.adminKey, identity: identity)
        cors = CORSPolicy(allowedOrigins: config.allowedOrigins)
        port = config.port
        errorMapping = ErrorMapping(writeRefusals: writeRefusals)
        limiter = config.rateLimit > 0 ? RateLimiter(perMinute: config.rateLimit) : nil
        bodies = RequestBodyReader(limit: config.requestBodyLimit)
        self.metrics = metrics
        self.telemetry = telemetry
        self.logger = logger
        self.fallback = fallback
    }

    /// Never fails: what goes wrong becomes a problem.
    func answer(_ request: Request) async -> Response {
        let target = request.head.path ?? ""
        // Bytes: looking for a character means finding where each of them ends.
        let mark = target.utf8.firstIndex(of: UInt8(ascii: "?"))
        let path = target[..<(mark ?? target.endIndex)]
        let query = mark.map { target[target.utf8.index(after: $0)...] }
        let origin = cors.isActive ? request.headers[.origin] : nil
        let start = ContinuousClock.now
        var response: Response
        let match = table.match(request.method, path: path)
        let standing = limit(match, request)
        let trace = trace(of: match, request)
        do {
            if let standing, !standing.isAllowed { throw Problem.tooManyRequests(standing) }
            if let trace {
                response = try await trace.carry {
                    try await route(match, request, path: path, query: query, origin: origin)
                }
            } else {
                response = try await route(match, request, path: path, query: query, origin: origin)
            }
        } catch {
            let invocationID = RoutedRequest.invocationID(of: request.headers)
            // An answer that refers to the log needs a name there, whoever called.
            let requestID = invocationID ?? (error is Problem ? nil : RequestID.make())
            var logger = logger
            if let requestID {
                logger[metadataKey: invocationID == nil ? LogField.requestID : LogField.invocationID] = "\(requestID)"
            }
            let problem = errorMapping.problem(for: error, method: request.method, path: path, logger: logger)
            response = problem.response(instance: String(path), requestID: requestID)
        }
        if cors.isActive { cors.decorate(&response.headers, origin: origin) }
        if let limiter { standing?.decorate(&response.headers, limit: limiter.perMinute) }
        if let metrics {
            let name = if case .route(let route, _) = match { route.documentation?.name ?? "host" } else { "none" }
            metrics.record(
                route: name,
                status: response.status.code,
                source: response.source,
                duration: .now - start
            )
        }
        await trace?.tell(response, duration: .now - start)
        if request.method == .head { response = response.withoutBody }
        // Level checked before any metadata is made: at info the hot path logs nothing per request.
        if logger.logLevel <= .debug { log(request, path: path, status: response.status) }
        return response
    }

    /// What is told of the request; nil for nothing, and for the host's probe, which comes every few seconds.
    private func trace(of match: RouteTable.Match, _ request: Request) -> RequestTrace? {
        guard let telemetry, case .route(let route, _) = match, route.path != "/" else { return nil }
        let operation = TelemetryOperation(
            traceParent: request.headers[.traceParent],
            invocationID: RoutedRequest.invocationID(of: request.headers)
        )
        return RequestTrace(telemetry: telemetry, operation: operation, route: route)
    }

    /// What the caller's token bucket says; nil without a limit, and for the host and probes.
    private func limit(_ match: RouteTable.Match, _ request: Request) -> RateLimiter.Standing? {
        guard let limiter, case .route(let route, _) = match, route.documentation != nil,
            !route.path.hasPrefix("/health")
        else { return nil }
        return limiter.take(RateLimiter.caller(of: request))
    }

    private func route(
        _ match: RouteTable.Match,
        _ request: Request,
        path: Substring,
        query: Substring?,
        origin: String?
    ) async throws -> Response {
        switch match {
        case .route(let route, let parameters):
            let caller = try await access.check(route.access, request, parameters, port: port)
            return try await route.handler(
                RoutedRequest(
                    request: request,
                    path: path,
                    query: query,
                    parameters: parameters,
                    caller: caller,
                    bodies: bodies,
                    baseLogger: logger
                )
            )
        case .otherMethod(let allowed):
            let names = allowed.map(\.rawValue).joined(separator: ", ")
            guard request.method == .options else {
                throw Problem.methodNotAllowed(request.method.rawValue, allowed: names)
            }
            if let origin, request.headers[.accessControlRequestMethod] != nil {
                return try cors.preflight(origin: origin, allowed: allowed)
            }
            return Response(status: .noContent, headers: [.allow: names])
        case .none:
            throw fallback
        }
    }

    private func log(_ request: Request, path: Substring, status: HTTPResponse.Status) {
        var metadata: Logger.Metadata = [
            LogField.method: "\(request.method.rawValue)", LogField.path: "\(path)", LogField.status: "\(status.code)",
        ]
        if let id = RoutedRequest.invocationID(of: request.headers) { metadata[LogField.invocationID] = "\(id)" }
        logger.debug("request", metadata: metadata)
    }
}
