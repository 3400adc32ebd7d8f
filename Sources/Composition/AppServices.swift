package import AzureBlob
import Foundation
package import Logging
package import Postgres
import RecEngine
package import RecPipeline
import ReportPages
package import Shop
package import Telemetry
package import Threading

/// Every client, repository and service of the program, made once. Nothing here connects before it is used.
package struct AppServices: Sendable {
    /// Requests.
    package let database: PostgresClient
    /// Batches; its application name is the lease's owner, so that a successor can end a paused holder's connections.
    package let batchDatabase: PostgresClient
    package let compute: ComputePool
    package let products: ProductRepository
    package let users: UserRepository
    package let interactions: InteractionRepository
    package let purchases: PurchaseRepository
    package let sampleUsers: SampleUserRepository
    package let appConfig: AppConfigRepository
    package let experiments: ExperimentRepository
    package let cacheStats: CacheStatsRepository
    package let servingMetrics: ServingMetricsRepository
    package let jobUsage: JobUsageRepository
    package let jobCosts: JobCosts
    package let idempotencyKeys: IdempotencyRepository
    /// Of the identity provider that AUTH_MODE=jwt names.
    package let issuer: IssuerDocuments
    /// Host and process, as counts of requests and leases name them.
    package let instance: String
    /// The same for work that takes as long as it takes: on the batch's connections, which have no deadline.
    package let longProducts: ProductRepository
    package let longUsers: UserRepository
    package let longInteractions: InteractionRepository
    package let jobs: BatchJobRepository
    package let jobLogs: BatchLogRepository
    package let modelRows: ModelRepository
    package let catalogue: CatalogueCache
    package let admission: Admission
    package let listing: ProductListing
    package let models: ModelManager
    package let modelStore: ModelStore
    package let chunks: ChunkRepository
    package let generations: GenerationRepository
    package let activation: ModelActivation
    package let popular: PopularProducts
    package let recommendations: RecommendationService
    package let related: RelatedProducts
    package let batch: BatchRunner
    package let ticks: TickRepository
    package let timerWatch: TimerWatch
    package let replay: JobReplay
    package let offPolicy: OffPolicyReplay
    package let offPolicyRequests: OffPolicyRequests
    package let snapshots: SnapshotWriter
    package let blobs: any BlobStore
    /// Nil unless Application Insights is told.
    package let telemetry: TelemetryClient?
    package let cacheTelemetry: CacheTelemetry?
    /// Nil unless somebody receives notifications.
    package let notifier: Notifier?
    /// Outgoing HTTP: blobs, tokens, telemetry, notifications.
    package let transport: CurlTransport
    package let bulk: BulkLoadRepository
    package let eraser: UserEraser

    /// - Parameter deferral: how a thread that serves many requests at once puts something off until it has seen to all of them.
    package init(
        _ config: AppConfig,
        logger: Logger,
        deferral: @escaping @Sendable (@escaping @Sendable () -> Void) -> Void = { $0() }
    ) {
        let owner = Self.ownerName()
        var transportOptions = CurlTransport.Options()
        transportOptions.caFile = config.azure.caFile
        transport = CurlTransport(options: transportOptions)
        let identity = EntraCredential(options: config.azure.entra, transport: transport)
        let telemetry = config.telemetry.client(
            config.azure.entra,
            identity: identity,
            transport: transport,
            logger: logger
        )
        self.telemetry = telemetry
        var requests = config.database.apiConfiguration(name: "recommender-shop", identity: identity)
        requests.statementDeadline = Self.requestDeadline
        requests.deferral = deferral
        var batches = config.database.batchConfiguration(name: owner, identity: identity)
        var blobObserver: (@Sendable (BlobCall) -> Void)?
        if let telemetry {
            blobObserver = { telemetry.observe($0) }
            requests.observer = { telemetry.observe($0) }
            batches.observer = { telemetry.observe($0) }
        }
        database = PostgresClient(configuration: requests, logger: logger)
        batchDatabase = PostgresClient(configuration: batches, logger: logger)
        compute = ComputePool(threads: Parallelism.processors, name: "compute")
        products = ProductRepository(database: database)
        users = UserRepository(database: database)
        interactions = InteractionRepository(database: database)
        purchases = PurchaseRepository(database: database)
        sampleUsers = SampleUserRepository(database: database)
        appConfig = AppConfigRepository(database: database)
        experiments = ExperimentRepository(database: database)
        cacheStats = CacheStatsRepository(database: database)
        servingMetrics = ServingMetricsRepository(database: database)
        jobUsage = JobUsageRepository(database: database)
        jobCosts = JobCosts(usage: jobUsage, config: appConfig)
        idempotencyKeys = IdempotencyRepository(database: database)
        issuer = IssuerDocuments(config.auth, transport: transport)
        instance = owner
        longProducts = ProductRepository(database: batchDatabase)
        longUsers = UserRepository(database: batchDatabase)
        longInteractions = InteractionRepository(database: batchDatabase)
        jobs = BatchJobRepository(database: database)
        jobLogs = BatchLogRepository(database: database)
        modelRows = ModelRepository(database: database)
        bulk = BulkLoadRepository(database: batchDatabase)
        blobs = config.blob.store(
            transport: transport,
            identity: identity,
            observer: blobObserver
        )
        let options = Self.batchOptions(config)
        let store = ModelStore(blobs: blobs, memoryLimit: options.memoryLimit)
        var managing = ModelManagerOptions()
        managing.memoryLimit = options.memoryLimit
        let manager = ModelManager(
            store: store,
            models: modelRows,
            compute: compute,
            logger: logger,
            options: managing
        )
        models = manager
        modelStore = store
        chunks = ChunkRepository(database: database)
        generations = GenerationRepository(database: database)
        activation = ModelActivation(
            generations: generations,
            models: modelRows,
            manager: manager,
            store: store,
            logger: logger
        )
        catalogue = CatalogueCache(products: products)
        admission = Admission(
            catalogue: catalogue,
            settings: LiveSettings(config: appConfig)
        )
        listing = ProductListing(catalogue: catalogue, search: ProductSearchRepository(database: database))

        var serving = ServingOptions()
        serving.cacheTTL = .seconds(config.cacheTTL)
        popular = PopularProducts(interactions: interactions, options: serving)
        recommendations = RecommendationService(
            cache: RecommendationCacheRepository(database: database),
            interactions: interactions,
            admission: admission,
            experiment: LiveExperiment(experiments: experiments),
            models: manager,
            loader: DatasetLoader(products: products, interactions: interactions),
            users: users,
            popular: popular,
            compute: compute,
            options: serving,
            logger: logger
        )
        related = RelatedProducts(serving: recommendations, modelRows: modelRows)
        var services = Self.batchServices(
            batchDatabase,
            store: store,
            models: manager,
            compute: compute,
            owner: owner
        )
        if let telemetry {
            let told = BatchTelemetry(telemetry: telemetry, redact: config.redaction.apply)
            services.observer = { told.observe($0) }
        }
        batch = BatchRunner(services: services, options: options, logger: logger)
        ticks = TickRepository(database: database)
        timerWatch = TimerWatch(runner: batch, ticks: ticks, limit: .seconds(config.timerSilence))
        replay = JobReplay(services: services, options: options)
        offPolicy = OffPolicyReplay(services: services, options: options)
        offPolicyRequests = OffPolicyRequests(config: appConfig, replay: offPolicy)
        eraser = UserEraser(
            users: users,
            retention: services.retention(options),
            housekeeping: services.housekeeping
        )
        cacheTelemetry = telemetry.map { [cacheStats, servingMetrics] telemetry in
            CacheTelemetry(
                telemetry: telemetry,
                stats: cacheStats,
                serving: servingMetrics,
                maximumAge: config.cacheTTL
            )
        }
        notifier = config.telemetry.receiver.map { [database, jobs, transport] receiver in
            Notifier(
                notifications: NotificationRepository(database: database),
                jobs: jobs,
                receiver: receiver,
                transport: transport,
                maximumAge: config.cacheTTL,
                redact: config.redaction.apply,
                logger: logger
            )
        }
        snapshots = SnapshotWriter(
            products: services.products,
            users: services.users,
            interactions: services.interactions,
            blobs: blobs
        )
    }

    /// How long a request waits for one statement. A server that accepts and never answers costs a caller this much and not
    /// for ever; no query of a request comes near it.
    private static let requestDeadline: Duration = .seconds(10)

    /// Closes every connection and thread.
    package func shutdown() async {
        await database.shutdown()
        await batchDatabase.shutdown()
        compute.shutdown()
        transport.shutdown()
    }

    private static func batchOptions(_ config: AppConfig) -> BatchOptions {
        var options = BatchOptions()
        options.chunkSize = config.batchSize
        options.distributedAbove = config.distributedAbove
        options.maxScorers = config.maxScorers
        options.intervalSeconds = config.batchInterval
        options.leaseDuration = .seconds(config.batchLease)
        options.modelVersion = config.modelVersion
        options.memoryLimit = config.instanceMemoryMB.map { $0 << 20 } ?? options.memoryLimit
        options.configuredMemoryMB = config.instanceMemoryMB
        options.keptSnapshots = config.keptSnapshots
        options.codeVersion = Build.version
        options.packages = Build.packages
        return options
    }

    private static func batchServices(
        _ database: PostgresClient,
        store: ModelStore,
        models: ModelManager,
        compute: ComputePool,
        owner: String
    ) -> BatchServices {
        let products = ProductRepository(database: database)
        let interactions = InteractionRepository(database: database)
        return BatchServices(
            jobs: BatchJobRepository(database: database),
            logs: BatchLogRepository(database: database),
            chunks: ChunkRepository(database: database),
            generations: GenerationRepository(database: database),
            modelRows: ModelRepository(database: database),
            housekeeping: HousekeepingRepository(database: database),
            erasures: ErasureRepository(database: database),
            products: products,
            users: UserRepository(database: database),
            interactions: interactions,
            cache: RecommendationCacheRepository(database: database),
            stale: StaleListRepository(database: database),
            ticks: TickRepository(database: database),
            catalogue: CatalogueCache(products: products),
            config: AppConfigRepository(database: database),
            experiments: ExperimentRepository(database: database),
            usage: JobUsageRepository(database: database),
            loader: DatasetLoader(products: products, interactions: interactions),
            store: store,
            models: models,
            compute: compute,
            owner: owner,
            evaluationPage: { EvaluationPage($0, jobID: $1, version: Build.version).html }
        )
    }

    /// Host, process and a random part: unique among all instances that share the database. At most 63 bytes, the length of
    /// an application name.
    private static func ownerName() -> String {
        let host = ProcessInfo.processInfo.hostName.prefix(30)
        let random = String(UInt32.random(in: .min ... .max), radix: 16)
        return "batch@\(host):\(ProcessInfo.processInfo.processIdentifier):\(random)"
    }
}
