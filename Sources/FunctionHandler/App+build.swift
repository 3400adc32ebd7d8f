import Composition
import HTTPTypes
import Logging
import RecPipeline
import ServiceLifecycle
import Shop
import TextFormats

/// A built program: what answers requests, and what runs beside the server.
struct App: Sendable {
    let responder: AppResponder
    var services: [any Service] = []
}

/// The composition root: no other file but `AppServices` constructs a client.
func buildApp(_ config: AppConfig, problems: [SettingProblem], logger: Logger) -> App {
    guard problems.isEmpty else {
        return App(responder: buildRefusingResponder(config, problems, logger))
    }
    let services = AppServices(config, logger: logger, deferral: HTTPServer.afterCurrentEvents)
    let jobs = BatchService(
        batch: services.batch,
        estimates: services.offPolicyRequests,
        notifier: services.notifier,
        cacheTelemetry: services.cacheTelemetry,
        logger: logger
    )
    let stop = StopSignal()
    let refusals = WriteRefusals()
    let identity = buildIdentity(config, services)
    let metrics = RequestMetrics()
    let routes = buildRoutes(
        config,
        services,
        logger,
        identity: identity,
        metrics: metrics,
        stop: stop,
        writeRefusals: refusals
    ) { jobs.wake($0) }
    let responder = AppResponder(
        config,
        routes,
        logger,
        identity: identity,
        writeRefusals: refusals,
        metrics: metrics,
        telemetry: services.telemetry
    )
    let writer = MetricsWriter(
        metrics: metrics,
        store: services.servingMetrics,
        instance: services.instance,
        logger: logger
    )
    let standIn = StandInService(
        watch: services.timerWatch,
        runLimit: config.functionTimeout.workDeadline,
        logger: logger
    ) { jobs.wake(.reports) }
    var running: [any Service] = [ServicesLifetime(services: services)]
    if let telemetry = services.telemetry { running.append(TelemetrySending(telemetry: telemetry)) }
    running += [jobs, standIn, WarmUp(services: services, logger: logger), stop, writer]
    return App(responder: responder, services: running)
}

/// With a bad setting: alive, listening, and saying what is wrong to everybody who asks.
private func buildRefusingResponder(
    _ config: AppConfig,
    _ problems: [SettingProblem],
    _ logger: Logger
) -> AppResponder {
    let routes =
        [Route(.get, "/", .anyone, isPrefixed: false, HostRoutes.probe)]
        + HealthRoutes(settingProblems: problems).routes
    return AppResponder(config, routes, logger, fallback: .badSettings(problems))
}

/// How callers prove who they are.
func buildIdentity(_ config: AppConfig, _ services: AppServices) -> IdentitySource {
    switch config.auth.mode {
    case .demo:
        .demo(Sessions { [appConfig = services.appConfig] in try await appConfig.signingKey() })
    case .jwt:
        .tokens(TokenVerifier(config.auth, keys: IssuerKeys { [issuer = services.issuer] in try await issuer.keys() }))
    case .swa:
        .principalHeader(adminRole: config.auth.adminRole)
    }
}

/// Every route of the program.
/// - Parameters:
///   - stop: tells running invocations that the process is asked to end.
///   - writeRefusals: those that the responder notes; readiness reports them.
///   - wakeBatch: tells this process what work there is that no answer waits for.
func buildRoutes(
    _ config: AppConfig,
    _ services: AppServices,
    _ logger: Logger,
    identity: IdentitySource,
    metrics: RequestMetrics = RequestMetrics(),
    stop: StopSignal = StopSignal(),
    writeRefusals: WriteRefusals = WriteRefusals(),
    wakeBatch: @escaping @Sendable (BatchService.Request) -> Void
) -> [Route] {
    let cards = ProductCards()
    let signer = RequestIDSigner { [appConfig = services.appConfig] in try await appConfig.signingKey() }
    let lastKnownLists = LastKnownAnswers(limit: 1_000, interval: .milliseconds(1))
    let activation = ActivationRoute(activation: services.activation)
    let timers = TimerFunction.allCases.map { function -> (String, HostRoutes.TimerHandler) in
        let timer = BatchTimer(function: function, batch: services.batch, logger: logger)
        return (
            function.rawValue,
            { invocation in
                // A large full run leaves its housekeeping for after its answer; refreshes have none.
                defer {
                    if function == .generateRecommendations { wakeBatch(.housekeeping) }
                    wakeBatch(.reports)
                }
                return try await timer.invoke(invocation)
            }
        )
    }
    let chunks = ChunkQueue(batch: services.batch, logger: logger)
    let host = HostRoutes(
        timers: Dictionary(uniqueKeysWithValues: timers),
        queues: [
            ChunkQueue.function: { message in
                defer {
                    wakeBatch(.housekeeping)
                    wakeBatch(.reports)
                }
                return try await chunks.invoke(message)
            }
        ],
        functionTimeout: config.functionTimeout,
        redaction: config.redaction,
        stop: stop
    )
    let readiness = ReadinessChecks(
        database: services.database,
        blobs: services.blobs,
        models: services.models,
        modelRows: services.modelRows,
        timerWatch: services.timerWatch,
        pinnedModel: config.modelVersion,
        writeRefusals: writeRefusals,
        logger: logger
    )
    let interactions = InteractionRoutes(
        interactions: services.interactions,
        lastKnownLists: lastKnownLists,
        signer: signer,
        tracksStock: config.tracksStock
    )
    let trending = TrendingRoutes(
        popular: services.popular,
        catalogue: services.catalogue,
        recommendations: services.recommendations,
        cards: cards,
        lastKnown: LastKnownAnswers(limit: 64, interval: .milliseconds(1))
    )
    let purchases = PurchaseRoutes(
        purchases: services.purchases,
        interactions: services.interactions,
        catalogue: services.catalogue,
        cards: cards,
        lastKnownLists: lastKnownLists
    )
    let idempotency = Idempotency(keys: services.idempotencyKeys)
    let auth = AuthRoutes(
        users: services.users,
        samples: SampleUsers(users: services.sampleUsers),
        sessions: identity.sessions,
        mode: config.auth.mode.rawValue,
        idempotency: idempotency
    )
    let productImport = ProductImportRoute(
        products: services.products,
        bulk: services.bulk,
        catalogue: services.catalogue,
        idempotency: idempotency
    )
    let batchRoutes = BatchRoutes(
        jobs: services.jobs,
        chunks: services.chunks,
        logs: services.jobLogs,
        ticks: services.ticks,
        batch: services.batch,
        costs: services.jobCosts,
        wake: { wakeBatch(.job($0)) }
    )
    let costs = CostRoutes(
        jobs: services.jobs,
        usage: services.jobUsage,
        serving: services.servingMetrics,
        costs: services.jobCosts,
        servingMemoryMB: config.instanceMemoryMB
    )
    let cache = CacheRoutes(
        stats: services.cacheStats,
        maximumAge: config.cacheTTL,
        lastKnownLists: lastKnownLists
    )
    let configRoutes = ConfigRoutes(
        config: services.appConfig,
        jobs: services.jobs,
        ticks: services.ticks,
        logs: services.jobLogs,
        batch: services.batch,
        defaultInterval: config.batchInterval
    )
    let experiments = ExperimentRoutes(
        experiments: services.experiments,
        planner: ExperimentPlanner(experiments: services.experiments),
        serving: services.servingMetrics,
        idempotency: idempotency,
        wake: { wakeBatch(.job($0)) }
    )
    let groups = [
        host.routes,
        HealthRoutes(checks: readiness.all, facts: ["build": .string(Build.version)]).routes,
        ProductRoutes(
            products: services.products,
            listing: services.listing,
            catalogue: services.catalogue
        ).routes,
        ProductAdminRoutes(products: services.products, catalogue: services.catalogue).routes,
        productImport.routes,
        UserRoutes(
            users: services.users,
            eraser: services.eraser,
            catalogue: services.catalogue,
            lastKnownLists: lastKnownLists
        ).routes,
        purchases.routes,
        auth.routes,
        interactions.routes,
        RecommendationRoutes(
            service: services.recommendations,
            cards: cards,
            lastKnown: lastKnownLists,
            signer: signer
        ).routes,
        WhyRoute(service: services.recommendations).routes,
        RelatedRoutes(related: services.related, cards: cards).routes,
        trending.routes,
        batchRoutes.routes,
        cache.routes,
        configRoutes.routes,
        PreviewRoute(service: services.recommendations, samples: services.sampleUsers).routes,
        ServiceObjectiveRoutes(config: services.appConfig, serving: services.servingMetrics).routes,
        OffPolicyRoutes(requests: services.offPolicyRequests, wake: { wakeBatch(.estimate) }).routes,
        experiments.routes,
        MetricsRoutes(metrics: metrics, store: services.servingMetrics).routes,
        costs.routes,
        DataRoutes(stored: StoredData(blobs: services.blobs), keepsDataSets: config.keptSnapshots > 0).routes,
        ModelRoutes(
            models: services.modelRows,
            jobs: services.jobs,
            store: services.modelStore,
            activation: activation
        ).routes,
        GenerationRoutes(
            generations: services.generations,
            activation: activation,
            catalogue: services.catalogue
        ).routes,
    ]
    let routes = groups.flatMap(\.self)
    let docs = DocsRoutes(
        document: OpenAPIDocument(routes, version: Build.version).bytes(),
        assets: DocsAssets(folder: config.rootFolder + "/swagger-ui")
    )
    return routes + docs.routes
}
