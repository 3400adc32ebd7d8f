import FoundationEssentials
package import Logging
package import Shop
package import Threading

/// What a batch works with; all values, made once at start.
package struct BatchServices: Sendable {
    package var jobs: BatchJobRepository
    package var logs: BatchLogRepository
    package var chunks: ChunkRepository
    package var generations: GenerationRepository
    package var modelRows: ModelRepository
    package var housekeeping: HousekeepingRepository
    package var erasures: ErasureRepository
    package var products: ProductRepository
    package var users: UserRepository
    package var interactions: InteractionRepository
    package var cache: RecommendationCacheRepository
    package var stale: StaleListRepository
    package var ticks: TickRepository
    package var catalogue: CatalogueCache
    package var config: AppConfigRepository
    package var experiments: ExperimentRepository
    package var usage: JobUsageRepository
    package var loader: DatasetLoader
    package var store: ModelStore
    package var models: ModelManager
    package var compute: ComputePool
    /// Name of this process in leases; also the application name of its batch connections.
    package var owner: String
    /// The page about what was judged, as HTML, from the choice and the job's id.
    package var evaluationPage: @Sendable (ModelChoice, String) -> String
    /// Those of refreshed lists.
    let makers = ListMakers()
    /// Told when this process begins to work on a job and when it stops, whatever the reason. It must not wait.
    package var observer: @Sendable (BatchEvent) -> Void = { _ in }
    /// Called at every ``BatchPoint``; what it throws ends the work there.
    package var hook: @Sendable (BatchPoint) async throws -> Void = { _ in }
    /// Called with the keys of a chunk's users before they are scored; what it throws is a fault of that chunk.
    package var scoringHook: @Sendable (ArraySlice<Int64>) throws -> Void = { _ in }

    package init(
        jobs: BatchJobRepository,
        logs: BatchLogRepository,
        chunks: ChunkRepository,
        generations: GenerationRepository,
        modelRows: ModelRepository,
        housekeeping: HousekeepingRepository,
        erasures: ErasureRepository,
        products: ProductRepository,
        users: UserRepository,
        interactions: InteractionRepository,
        cache: RecommendationCacheRepository,
        stale: StaleListRepository,
        ticks: TickRepository,
        catalogue: CatalogueCache,
        config: AppConfigRepository,
        experiments: ExperimentRepository,
        usage: JobUsageRepository,
        loader: DatasetLoader,
        store: ModelStore,
        models: ModelManager,
        compute: ComputePool,
        owner: String,
        evaluationPage: @escaping @Sendable (ModelChoice, String) -> String
    ) {
        self.jobs = jobs
        self.logs = logs
        self.chunks = chunks
        self.generations = generations
        self.modelRows = modelRows
        self.housekeeping = housekeeping
        self.erasures = erasures
        self.products = products
        self.users = users
        self.interactions = interactions
        self.cache = cache
        self.stale = stale
        self.ticks = ticks
        self.catalogue = catalogue
        self.config = config
        self.experiments = experiments
        self.usage = usage
        self.loader = loader
        self.store = store
        self.models = models
        self.compute = compute
        self.owner = owner
        self.evaluationPage = evaluationPage
    }

    package func retention(_ options: BatchOptions) -> ArtifactRetention {
        ArtifactRetention(models: modelRows, jobs: jobs, erasures: erasures, blobs: store.blobs, options: options)
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

    /// The same runner with a hook of ``BatchServices/scoringHook``.
    package func hookedScoring(_ hook: @escaping @Sendable (ArraySlice<Int64>) throws -> Void) -> BatchRunner {
        var services = services
        services.scoringHook = hook
        return BatchRunner(services: services, options: options, logger: logger)
    }

    /// One firing of a timer: what is due is done, and what the tick led to is kept, in words.
    ///
    /// A run of ``TimerFunction/generateRecommendations`` that finds no full run due refreshes lists instead, when that is.
    /// - Parameters:
    ///   - deadline: when this process must have stopped; the job is then left to the next tick.
    ///   - canHandOver: whether the caller passes ``BatchReport/scoring(jobID:done:chunks:calls:)`` on to the queue.
    ///   - logger: carries what the lines of this run should, such as the invocation; else the runner's own.
    package func tick(
        _ function: TimerFunction,
        deadline: Duration? = nil,
        canHandOver: Bool = false,
        logger: Logger? = nil
    ) async throws -> BatchReport {
        let logger = logger ?? self.logger
        await note(logger) { try await services.ticks.begin(function) }
        do {
            let report = try await runDue(
                function,
                .timer,
                deadline: deadline,
                canHandOver: canHandOver,
                logger: logger
            )
            await note(logger) { try await services.ticks.end(function, outcome: report.summary) }
            return report
        } catch {
            await note(logger) { try await services.ticks.end(function, outcome: "failed: \(error)") }
            throw error
        }
    }

    /// Does what is due of a timer's work.
    package func runDue(
        _ function: TimerFunction,
        _ trigger: BatchJob.Trigger,
        deadline: Duration? = nil,
        canHandOver: Bool = false,
        logger: Logger? = nil
    ) async throws -> BatchReport {
        guard function == .generateRecommendations else {
            return try await run(trigger, .activeUsers, deadline: deadline, logger: logger)
        }
        let report = try await run(trigger, .full, deadline: deadline, canHandOver: canHandOver, logger: logger)
        guard case .notDue = report else { return report }
        let refresh = try await run(trigger, .incremental, deadline: deadline, logger: logger)
        guard case .notDue = refresh else { return refresh }
        return report
    }

    /// The row of a tick is for people: without it the tick does its work all the same.
    private func note(_ logger: Logger, _ write: () async throws -> Void) async {
        do { try await write() } catch {
            logger.warning("the tick could not be recorded", metadata: ["error": "\(error)"])
        }
    }

    /// Runs a job of one type if it is due.
    /// - Parameters:
    ///   - trigger: who asks; a person is always right.
    ///   - deadline: when this process must have stopped; the job is then left to the next tick.
    ///   - canHandOver: whether the caller passes ``BatchReport/scoring(jobID:done:chunks:calls:)`` on to the queue.
    ///   - logger: carries what the lines of this run should, such as the invocation; else the runner's own.
    package func run(
        _ trigger: BatchJob.Trigger,
        _ type: BatchJob.JobType = .full,
        deadline: Duration? = nil,
        canHandOver: Bool = false,
        logger: Logger? = nil
    ) async throws -> BatchReport {
        let logger = logger ?? self.logger
        let end = deadline.map { ContinuousClock.now + $0 }
        let state = try await services.jobs.state(of: type)
        if let running = state.running, !running.isAbandoned {
            return try await answer(.alreadyRunning(running), type, logger)
        }
        let isAwaited = canHandOver
        var canHandOver = canHandOver
        if let running = state.running, running.isHandedOver {
            let states = try await services.chunks.states(jobID: running.jobID)
            canHandOver = canHandOver && states.unfinished > 0 && !isWithoutScorers(running, states)
            // Who is called scores and completes it. Without a queue this process does.
            if canHandOver { return try await answer(.calling(running, states, options), type, logger) }
        }
        let housekeeping = Housekeeping(services: services, options: options, logger: logger)
        var variant = Variant.default
        if case .notDue(let reason, let next) = try await decide(trigger, type, state) {
            if type == .full, let due = try await services.experiments.due() {
                variant = due.variant
            } else if type == .full, state.housekeepingJobID != nil, let report = try await housekeeping.run(until: end)
            {
                return try await answer(.housekeeping(report), type, logger)
            } else {
                return try await answer(.notDue(reason: reason, next: next), type, logger)
            }
        }
        // A timer's tick takes up the job that waits and adds none.
        let newJob = !trigger.isByHand && state.pending != nil ? nil : trigger
        switch try await services.jobs.acquire(
            type,
            owner: services.owner,
            leaseDuration: options.leaseDuration,
            newJob: newJob,
            variant: variant
        ) {
        case .busy(let job):
            return try await answer(.alreadyRunning(job), type, logger)
        case .nothing:
            return try await answer(.notDue(reason: "another process took the waiting job", next: nil), type, logger)
        case .granted(let job, let lease):
            let held = HeldJob(services: services, options: options, logger: logger, job: job, lease: lease)
            guard type == .full else {
                let report = await RefreshRun(held: held).work(until: end)
                logger.info("batch \(report.summary)", metadata: ["job_id": "\(job.jobID)"])
                return report
            }
            let run = BatchRun(held: held, canHandOver: canHandOver)
            return await work(run, until: end, isAwaited: isAwaited, logger)
        }
    }

    /// Works on a full run and does the housekeeping that its end makes due.
    /// - Parameter isAwaited: whether the host waits for the answer: after a large job it does not wait for housekeeping too.
    private func work(
        _ run: BatchRun,
        until end: ContinuousClock.Instant?,
        isAwaited: Bool,
        _ logger: Logger
    ) async -> BatchReport {
        let report = await run.work(until: end)
        logger.info("batch \(report.summary)", metadata: ["job_id": "\(run.held.job.jobID)"])
        switch report {
        case .scoring: return report
        case .completed(_, _, _, let metrics) where isAwaited && metrics.interactions > options.awaitedHousekeeping:
            return report
        default: break
        }
        let housekeeping = Housekeeping(services: services, options: options, logger: logger)
        let done = await self.run(housekeeping, after: report, until: end, logger)
        if case .completed(_, _, _, let metrics) = done, metrics.users <= options.distributedAbove {
            await runArm(until: end, logger)
        }
        return done
    }

    /// Makes the lists of the running experiment's arms that everybody's new ones have made old, one job after the other. Those of a
    /// shop that is too large for one process are left to the next tick, which can hand them over.
    private func runArm(until end: ContinuousClock.Instant?, _ logger: Logger) async {
        guard !Task.isCancelled, end.map({ ContinuousClock.now < $0 }) ?? true else { return }
        do {
            guard let due = try await services.experiments.due() else { return }
            let outcome = try await services.jobs.acquire(
                owner: services.owner,
                leaseDuration: options.leaseDuration,
                newJob: .timer,
                variant: due.variant
            )
            guard case .granted(let job, let lease) = outcome else { return }
            let held = HeldJob(services: services, options: options, logger: logger, job: job, lease: lease)
            _ = await work(BatchRun(held: held), until: end, isAwaited: false, logger)
        } catch {
            logger.warning("an experiment's lists are left to the next tick", metadata: ["error": "\(error)"])
        }
    }

    /// Whether nobody has come to score for so long that nobody will.
    private func isWithoutScorers(_ job: BatchJob, _ states: ChunkStates) -> Bool {
        guard states.claimed == 0 else { return false }
        let last = [job.scoringSince, states.lastDoneAt].compactMap(\.self).max() ?? states.now
        // A time ahead of the clock comes from a wrong one.
        return abs(states.now.timeIntervalSince(last)) > options.scoringPatience.seconds
    }

    /// Does the housekeeping that is due, if any is.
    package func doHousekeeping() async throws {
        let housekeeping = Housekeeping(services: services, options: options, logger: logger)
        guard let report = try await housekeeping.run(until: nil) else { return }
        logger.info("\(report.summary)", metadata: ["job_id": "\(report.jobID)"])
    }

    // MARK: - Chunks

    /// Works on the chunks of a planned job, as a message of the queue asks; who stores the last one completes the job.
    ///
    /// It goes on until every chunk is done. For chunks that others have claimed it waits as long as a claim lasts: should their
    /// process be killed, it takes them.
    /// - Parameter deadline: when this process must have stopped; what is left is called for by the next tick.
    package func score(jobID: String, deadline: Duration? = nil, logger: Logger? = nil) async throws -> BatchReport {
        let logger = logger ?? self.logger
        let end = deadline.map { ContinuousClock.now + $0 }
        guard let job = try await services.jobs.find(jobID) else {
            return .nothingToScore(reason: "there is no job \(jobID)")
        }
        guard job.jobType == .full, job.status == .running else {
            return .nothingToScore(reason: "\(jobID) is \(job.status.rawValue)")
        }
        guard let planned = try await PlannedJob(job, services.store) else {
            return .nothingToScore(reason: "\(jobID) has not been planned yet")
        }
        let claims = ChunkClaims()
        let record = WorkRecord(.chunks, jobID: jobID, services, options, logger)
        do {
            try await record.measure {
                try await withDeadline(until: end) {
                    try await withRenewedLease(
                        options.leaseDuration,
                        lost: LeaseLost(jobID: jobID, fencingToken: 0),
                        renew: {
                            try await claims.renew(services.chunks, for: options.leaseDuration)
                            await record.store()
                        },
                        { try await score(planned, claims) }
                    )
                }
            }
        } catch is DeadlineExceeded {
            return .interrupted(jobID: jobID, reason: "the invocation's time is nearly up", status: .running)
        } catch is BatchError {
            // Whoever takes the job finds the same and says so in its row.
        }
        let states = try await services.chunks.states(jobID: jobID)
        guard states.isRunning else { return .nothingToScore(reason: "\(jobID) has ended") }
        let isOver = states.unfinished == 0 || states.quarantinedUsers > planned.quarantineLimit
        guard isOver else { return .scoring(jobID: jobID, done: states.done, chunks: states.total, calls: 0) }
        let outcome = try await services.jobs.resume(jobID, owner: services.owner, leaseDuration: options.leaseDuration)
        guard case .granted(let job, let lease) = outcome else {
            return .scoring(jobID: jobID, done: states.done, chunks: states.total, calls: 0)
        }
        let held = HeldJob(
            services: services,
            options: options,
            logger: logger,
            job: job,
            lease: lease,
            kind: .completion
        )
        return await work(BatchRun(held: held), until: end, isAwaited: true, logger)
    }

    private func score(_ planned: PlannedJob, _ claims: ChunkClaims) async throws {
        let states = try await services.chunks.states(jobID: planned.jobID)
        guard states.isRunning, states.unfinished > 0 else { return }
        let bundle = try await services.models.exactBundle(for: planned.modelVersion)
        let scorer = try await ChunkScorer(
            services: services,
            options: options,
            planned: planned,
            bundle: bundle,
            histories: nil,
            claims: claims
        )
        try await scorer.run(patience: options.leaseDuration * 2) { _ in
            try await services.chunks.reportProgress(jobID: planned.jobID, percents: BatchProgress.scoring)
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

    /// What a tick would do about full runs, without doing it.
    package func decide(_ trigger: BatchJob.Trigger, _ state: BatchState) throws -> BatchSchedule.Decision {
        try schedule(state).decide(now: state.now, isManual: trigger.isByHand, BatchSchedule.Facts(state))
    }

    private func decide(
        _ trigger: BatchJob.Trigger,
        _ type: BatchJob.JobType,
        _ state: BatchState
    ) async throws -> BatchSchedule.Decision {
        guard type != .full else { return try decide(trigger, state) }
        var last = state.lastStartedAt
        // A full run has made every list: the first incremental one comes an interval later.
        if type == .incremental {
            let full = try await services.jobs.state().lastWithLists?.startedAt
            last = [last, full].compactMap(\.self).max()
        }
        let decision = try schedule(state).decideRefresh(
            type,
            now: state.now,
            isManual: trigger.isByHand,
            since: last,
            BatchSchedule.Facts(state)
        )
        guard case .due = decision, !trigger.isByHand, state.pending == nil, state.running == nil else {
            return decision
        }
        guard let live = state.live, let generation = try await services.generations.find(live.generation) else {
            return .notDue("no full run has completed yet", next: nil)
        }
        let selection = StaleSelection(rule: type.staleRule(options), live: live, dataCut: generation.dataCut)
        let isStale = try await !services.stale.customers(selection, limit: 1).isEmpty
        return isStale ? decision : .notDue("every list is up to date", next: nil)
    }

    /// The schedule in force: the row that an administrator wrote, else the setting.
    package func schedule(_ state: BatchState) throws -> BatchSchedule {
        try BatchSchedule(json: state.scheduleJSON, defaultInterval: options.intervalSeconds)
    }

    /// Logs an answer that started no job. That of a refresh is in the row of its tick: there is one a minute.
    private func answer(_ report: BatchReport, _ type: BatchJob.JobType, _ logger: Logger) async throws -> BatchReport {
        guard type == .full else {
            logger.debug("\(type.rawValue) \(report.summary)")
            return report
        }
        try await services.logs.appendTick(report.summary, keepingDays: 30)
        logger.info("batch \(report.summary)")
        return report
    }
}
