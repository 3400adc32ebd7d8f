package import FoundationEssentials
package import Logging
package import Shop
package import Threading

/// What a batch works with; all values, made once at start.
package struct BatchServices: Sendable {
    package var jobs: BatchJobRepository
    package var logs: BatchLogRepository
    package var generations: GenerationRepository
    package var modelRows: ModelRepository
    package var config: ConfigRepository
    package var products: ProductRepository
    package var users: UserRepository
    package var interactions: InteractionRepository
    package var loader: DatasetLoader
    package var store: ModelStore
    package var models: ModelManager
    package var compute: ComputePool
    /// Name of this process in leases; also the application name of its batch connections.
    package var owner: String

    package init(
        jobs: BatchJobRepository,
        logs: BatchLogRepository,
        generations: GenerationRepository,
        modelRows: ModelRepository,
        config: ConfigRepository,
        products: ProductRepository,
        users: UserRepository,
        interactions: InteractionRepository,
        loader: DatasetLoader,
        store: ModelStore,
        models: ModelManager,
        compute: ComputePool,
        owner: String
    ) {
        self.jobs = jobs
        self.logs = logs
        self.generations = generations
        self.modelRows = modelRows
        self.config = config
        self.products = products
        self.users = users
        self.interactions = interactions
        self.loader = loader
        self.store = store
        self.models = models
        self.compute = compute
        self.owner = owner
    }
}

/// Decides whether a run is due, takes the lease and works the job off; the one entry for timer, portal, API and command line.
package struct BatchRunner: Sendable {
    private let services: BatchServices
    private let options: BatchOptions
    private let logger: Logger

    /// Key of the schedule in `app_config`.
    package static let scheduleKey = "batch_schedule"

    package init(services: BatchServices, options: BatchOptions, logger: Logger) {
        self.services = services
        self.options = options
        self.logger = logger
    }

    /// One tick.
    /// - Parameters:
    ///   - trigger: who asks; anything but the timer is always due.
    ///   - now: the schedule's clock.
    ///   - deadline: when this process must have stopped; the job is then left to the next tick.
    ///   - logger: carries what the lines of this run should, such as the invocation; else the runner's own.
    package func run(
        _ trigger: BatchJob.Trigger,
        now: Date = Date(),
        deadline: Duration? = nil,
        logger: Logger? = nil
    ) async throws -> BatchReport {
        let logger = logger ?? self.logger
        let decision = try await decide(trigger, now: now)
        let isAsked = trigger != .timer
        var newJob: BatchJob.Trigger? = trigger
        switch decision {
        case .notDue(let reason, let next):
            if try await services.jobs.running() != nil { break }
            return try await answer(.notDue(reason: reason, next: next), logger)
        case .due:
            break
        }
        // A pending or abandoned job is what the tick is for; a new one on top of it is not.
        if case .notDue = decision { newJob = nil }
        if !isAsked, case .due = decision, try await services.jobs.pending() != nil { newJob = nil }
        let outcome = try await services.jobs.acquire(
            owner: services.owner,
            leaseDuration: options.leaseDuration,
            newJob: newJob
        )
        switch outcome {
        case .busy(let job):
            return try await answer(.alreadyRunning(jobID: job.jobID, progress: job.progress), logger)
        case .nothing:
            return try await answer(.notDue(reason: "another process took the waiting job", next: nil), logger)
        case .granted(let job, let lease):
            let report = await BatchRun(services: services, options: options, logger: logger, job: job, lease: lease)
                .work(deadline: deadline)
            logger.info("batch \(report.summary)", metadata: ["job_id": "\(job.jobID)"])
            return report
        }
    }

    /// What a tick at this moment would do, without doing it.
    package func decide(_ trigger: BatchJob.Trigger, now: Date) async throws -> BatchSchedule.Decision {
        var facts = BatchSchedule.Facts()
        // A run that found no data wrote no lists, so the first data after it need not wait for the interval.
        let completed = try await services.jobs.newestWithLists()
        facts.lastStartedAt = completed?.startedAt
        facts.lastDataCut = completed?.dataCut
        facts.lastCatalogueVersion = completed?.catalogueVersion
        if let newest = try await services.jobs.newest([.completed, .failed]), newest.status == .failed {
            facts.lastFailedAt = newest.completedAt
        }
        facts.hasPending = try await services.jobs.pending() != nil
        if let running = try await services.jobs.running() {
            facts.hasAbandoned = (running.leaseUntil ?? .distantPast) <= now
        }
        facts.newestEventID = try await services.interactions.lastID()
        facts.catalogueVersion = try await services.products.catalogueVersion()
        return try await schedule().decide(now: now, isManual: trigger != .timer, facts)
    }

    /// The schedule in force: the row that an administrator wrote, else the setting.
    package func schedule() async throws -> BatchSchedule {
        guard let json = try await services.config.value(Self.scheduleKey) else {
            return BatchSchedule(intervalSeconds: options.intervalSeconds)
        }
        return try JSONDecoder().decode(BatchSchedule.self, from: Data(json.utf8))
    }

    /// Logs an answer that started no job.
    private func answer(_ report: BatchReport, _ logger: Logger) async throws -> BatchReport {
        try await services.logs.append(jobID: nil, level: .info, report.summary)
        try await services.logs.prune(days: 30)
        logger.info("batch \(report.summary)")
        return report
    }
}
