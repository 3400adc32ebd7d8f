import HTTPTypes
import Logging
import Shop
import ShopTestSupport
import TestSupport
import Testing
import TextFormats

@testable import Composition
@testable import FunctionHandler

/// The whole program on a small shop in a database of its own.
struct ApiShop {
    static let key = "0123456789abcdef"
    static let admin: HTTPFields = [.adminKey: key]

    let fixture: ShopFixture
    let config: AppConfig
    let services: AppServices
    let calls: Calls
    let metricsWriter: MetricsWriter

    static func with(
        _ configure: (inout AppConfig) -> Void = { _ in },
        _ body: (ApiShop) async throws -> Void
    ) async throws {
        try await ShopFixture.with { fixture in
            try await fixture.seed(users: 12, itemsPerGroup: 10, groups: 3)
            var config = AppConfig()
            config.port = 7071
            config.database.uri = fixture.database.uri
            config.blob.location = .file(directory: fixture.blobDirectory)
            config.adminKey = AdminKey(key)
            configure(&config)
            try await serve(fixture, config, body)
        }
    }

    /// The same shop in another process, which knows what is stored and nothing else.
    func restarted(_ body: (ApiShop) async throws -> Void) async throws {
        try await Self.serve(fixture, config, body)
    }

    private static func serve(
        _ fixture: ShopFixture,
        _ config: AppConfig,
        _ body: (ApiShop) async throws -> Void
    ) async throws {
        let logger = Calls.quiet
        let services = AppServices(config, logger: logger)
        let identity = buildIdentity(config, services)
        let metrics = RequestMetrics()
        let routes = buildRoutes(config, services, logger, identity: identity, metrics: metrics) { _ in }
        let responder = AppResponder(config, routes, logger, identity: identity, metrics: metrics)
        let writer = MetricsWriter(metrics: metrics, store: services.servingMetrics, instance: "test", logger: logger)
        let shop = ApiShop(
            fixture: fixture,
            config: config,
            services: services,
            calls: Calls(responder: responder),
            metricsWriter: writer
        )
        do {
            try await body(shop)
            await services.shutdown()
        } catch {
            await services.shutdown()
            throw error
        }
    }
}

extension JSONValue {
    /// The members of `items`.
    var items: [JSONValue] { self["items"]?.array ?? [] }
}
