import Hummingbird
import Logging
import ServiceLifecycle

/// A built program: what answers requests, and what runs beside the server.
struct App: Sendable {
    let responder: AppResponder
    var services: [any Service] = []
}

/// The composition root: no other file constructs a client.
func buildApp(_ config: AppConfig, problems: [SettingProblem], logger: Logger) -> App {
    guard problems.isEmpty else {
        return App(responder: buildRefusingResponder(config, problems, logger))
    }
    return App(responder: buildResponder(config, buildRoutes(config), logger))
}

/// With a bad setting: alive, listening, and saying what is wrong to everybody who asks.
private func buildRefusingResponder(
    _ config: AppConfig,
    _ problems: [SettingProblem],
    _ logger: Logger
) -> AppResponder {
    let routes = [Route.bare(.get, "/", .anyone, HostRoutes.probe)] + HealthRoutes(settingProblems: problems).routes
    var responder = buildResponder(config, routes, logger)
    responder.fallback = .badSettings(problems)
    return responder
}

func buildResponder(_ config: AppConfig, _ routes: [Route], _ logger: Logger) -> AppResponder {
    AppResponder(
        table: RouteTable(routes),
        access: AccessPolicy(adminKey: config.adminKey, authMode: config.authMode),
        cors: CORSPolicy(allowedOrigins: config.allowedOrigins),
        port: config.port,
        errorMapping: ErrorMapping(),
        logger: logger
    )
}

/// The whole access table.
func buildRoutes(_ config: AppConfig) -> [Route] {
    HostRoutes(
        handlers: InvocationHandlers(),
        functionTimeout: config.functionTimeout,
        redaction: config.redaction
    ).routes
        + HealthRoutes().routes
}
