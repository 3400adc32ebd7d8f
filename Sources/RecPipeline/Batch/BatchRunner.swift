import FoundationEssentials
package import Logging
package import Shop
package import Threading

/// What a batch works with; all values, made once at start.
package struct BatchServices: Sendable {
    package var jobs: BatchJobRepository
    package var logs: BatchLogRepository
    package var generations: GenerationRepository
    package var modelRows: ModelRepository
    package var housekeeping: HousekeepingRepository
    package var products: ProductRepository
    package var users: UserRepository
    package var interactions: InteractionRepository
    package var config: AppConfigRepository
    package var loader: DatasetLoader
    package var store: ModelStore
    package var models: ModelManager
    package var compute: ComputePool
    /// Name of this process in leases; also the application name of its batch connections.
    package var owner: String
    /// The page about what was judged, as HTML, from the choice and the job's id.
    package var evaluationPage: @Sendable (ModelChoice, String) -> String
    /// Called at every ``BatchPoint``; what it throws ends the work there.
    package var hook: @Sendable (BatchPoint) async throws -> Void = { _ in }

    package init(
        jobs: BatchJobRepository,
        logs: BatchLogRepository,
        generations: GenerationRepository,
        modelRows: ModelRepository,
        housekeeping: HousekeepingRepository,
        products: ProductRepository,
        users: UserRepository,
        interactions: InteractionRepository,
        config: AppConfigRepository,
        loader: DatasetLoader,
        store: ModelStore,
        models: ModelManager,
        compute: ComputePool,
        owner: String,
        evaluationPage: @escaping @Sendable (ModelChoice, String) -> String
    ) {
        self.jobs = jobs
        self.logs = logs
        self.generations = generations
        self.modelRows = modelRows
        self.housekeeping = housekeeping
        self.products = products
        self.users = users
        self.interactions = interactions
        self.config = config
        self.loader = loader
        self.store = store
        self.models = models
        self.compute = compute
        self.owner = owner
        self.evaluationPage = evaluationPage
    }
}

/// Decides whether a run is due, takes the lease and works the job off; the one entry for timer, portal, API and command line.
package struct BatchRunner: Sendable {
    private let services: BatchServices
    private let options: BatchOptions
    private let logger: Logger

    package init(services: BatchServices, options: BatchOptions, logger: Logger) {
        self.services = services
        self.options = options
        self.logger = logger
    }

    /// The same runner with a hook of ``BatchServices/hook``.
    package func hooked(_ hook: @escaping @Sendable (BatchPoint) async throws -> Void) -> BatchRunner {
        var services = services
        services.hook = hook
        return BatchRunner(services: services, options: options, logger: logger)
    }

    /// One tick.
    /// - Parameters:
    ///   - trigger: who asks; anything but the timer is always due.
    ///   - deadline: when this process must have stopped; the job is then left to the next tick.
    ///   - logger: carries what the lines of this run should, such as the invocation; else the runner's own.
    package func run(
        _ trigger: BatchJob.Trigger,
        deadline: Duration? = nil,
        logger: Logger? = nil
    ) async throws -> BatchReport {
        let logger = logger ?? self.logger
        let end = deadline.map { ContinuousClock.now + $0 }
        let state = try await services.jobs.state()
        if let running = state.running, !running.isAbandoned {
            return try await answer(.alreadyRunning(jobID: running.jobID, progress: running.progress), logger)
        }
        let housekeeping = Housekeeping(services: services, options: options, logger: logger)
        if case .notDue(let reason, let next) = try decide(trigger, state) {
            if state.housekeepingJobID != nil, let report = try await housekeeping.run(until: end) {
                return try await answer(.housekeeping(report), logger)
            }
            return try await answer(.notDue(reason: reason, next: next), logger)
        }
        // A timer's tick takes up the job that waits and adds none.
        let newJob = trigger == .timer && state.pending != nil ? nil : trigger
        switch try await services.jobs.acquire(
            owner: services.owner,
            leaseDuration: options.leaseDuration,
            newJob: newJob
        ) {
        case .busy(let job):
            return try await answer(.alreadyRunning(jobID: job.jobID, progress: job.progress), logger)
        case .nothing:
            return try await answer(.notDue(reason: "another process took the waiting job", next: nil), logger)
        case .granted(let job, let lease):
            let report = await BatchRun(services: services, options: options, logger: logger, job: job, lease: lease)
                .work(until: end)
            logger.info("batch \(report.summary)", metadata: ["job_id": "\(job.jobID)"])
            return await run(housekeeping, after: report, until: end, logger)
        }
    }

    /// Does the housekeeping that a job's end has made due. Whatever becomes of it, the answer is the job's state; what is not done
    /// is left to a tick.
    private func run(
        _ housekeeping: Housekeeping,
        after report: BatchReport,
        until end: ContinuousClock.Instant?,
        _ logger: Logger
    ) async -> BatchReport {
        let start = ContinuousClock.now
        guard !Task.isCancelled, end.map({ start < $0 }) ?? true else { return report }
        do {
            guard let outcome = try await housekeeping.run(until: end) else { return report }
            logger.info("\(outcome.summary)", metadata: ["job_id": "\(outcome.jobID)"])
        } catch {
            logger.warning("housekeeping is left to a tick", metadata: ["error": "\(error)"])
        }
        guard case .completed(let jobID, let generation, let modelVersion, var metrics) = report else { return report }
        metrics.add("housekeeping", ContinuousClock.now - start)
        return .completed(jobID: jobID, generation: generation, modelVersion: modelVersion, metrics: metrics)
    }

    /// What a tick would do, without doing it.
    package func decide(_ trigger: BatchJob.Trigger, _ state: BatchState) throws -> BatchSchedule.Decision {
        try schedule(state).decide(now: state.now, isManual: trigger != .timer, BatchSchedule.Facts(state))
    }

    /// The schedule in force: the row that an administrator wrote, else the setting.
    package func schedule(_ state: BatchState) throws -> BatchSchedule {
        guard let json = state.scheduleJSON else { return BatchSchedule(intervalSeconds: options.intervalSeconds) }
        do { return try JSONDecoder().decode(BatchSchedule.self, from: Data(json.utf8)) } catch {
            throw BatchError("app_config's batch_schedule is not a schedule: it needs interval_seconds and enabled")
        }
    }

    /// Logs an answer that started no job.
    private func answer(_ report: BatchReport, _ logger: Logger) async throws -> BatchReport {
        try await services.logs.appendTick(report.summary, keepingDays: 30)
        logger.info("batch \(report.summary)")
        return report
    }
}
