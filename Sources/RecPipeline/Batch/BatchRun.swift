import FoundationEssentials
import RecEngine
import Shop
import Threading

/// One process's work on one full run, from whatever point earlier holders left it at: up to the flip that completes it, or until
/// its chunks are handed over to other processes.
///
/// Until its generation is open a job is planned (``BatchPlanning``); then its chunks are scored (``ChunkScorer``), here or
/// elsewhere; when all are done, whoever holds the job seals, checks and flips.
struct BatchRun: Sendable {
    let held: HeldJob
    /// Whether this process can call others to score the chunks of a large job.
    var canHandOver = false

    private var services: BatchServices { held.services }
    private var options: BatchOptions { held.options }
    private var lease: BatchLease { held.lease }

    /// Works the job off.
    /// - Parameter end: when this process must have stopped.
    func work(until end: ContinuousClock.Instant?) async -> BatchReport {
        await held.work(until: end) { try await steps() }
    }

    private func steps() async throws -> BatchReport {
        var progress = try await held.progress()
        try await services.hook(.leaseTaken)
        let planned: PlannedJob
        var made: BatchPlanning.Outcome?
        if let known = try await PlannedJob(held.job, services.store) {
            planned = known
        } else {
            made = try await BatchPlanning(held: held).plan(&progress)
            guard let made else { return try await held.finish(.noData(jobID: lease.jobID), &progress) }
            planned = made.planned
        }
        let states = try await services.chunks.states(jobID: planned.jobID)
        if canHandOver, planned.plan.users > options.distributedAbove, states.unfinished > 0 {
            return try await handOver(planned, states, &progress)
        }
        var bundle = made?.bundle
        if states.unfinished > 0 {
            if states.done > 0 { try await progress.log("goes on: \(states.done) of \(states.total) chunks are done") }
            let scoring =
                if let bundle { bundle } else {
                    try await services.models.exactBundle(for: planned.modelVersion)
                }
            bundle = scoring
            try await score(planned, scoring, made?.histories, &progress)
        }
        return try await finish(planned, bundle, &progress)
    }

    // MARK: - Scoring

    private func handOver(
        _ planned: PlannedJob,
        _ states: ChunkStates,
        _ progress: inout BatchProgress
    ) async throws -> BatchReport {
        try await progress.log(
            "\(states.unfinished) chunks of \(planned.plan.users) customers are handed over for scoring"
        )
        try await services.jobs.handOver(lease, metricsJSON: progress.metrics.json())
        try await services.hook(.handedOver)
        return .scoring(
            jobID: planned.jobID,
            done: states.done,
            chunks: states.total,
            calls: min(states.unfinished, options.maxScorers)
        )
    }

    private func score(
        _ planned: PlannedJob,
        _ bundle: ModelBundle,
        _ histories: Histories?,
        _ progress: inout BatchProgress
    ) async throws {
        try await progress.report("generate", at: BatchProgress.scoring.lowerBound)
        let clock = ContinuousClock()
        var counted = clock.now
        let scorer = try await ChunkScorer(
            services: services,
            options: options,
            planned: planned,
            bundle: bundle,
            histories: histories,
            claims: held.claims
        )
        // Not on the compute pool, whose threads score the next chunk while this one is loaded.
        try await withTaskExecutorPreference(globalConcurrentExecutor) {
            try await scorer.run { _ in
                // Chunk by chunk, so that what a killed process did is not lost from the job's figures.
                let now = clock.now
                progress.metrics.add("generate", now - counted)
                counted = now
                try await progress.report("generate", at: BatchProgress.scoring.lowerBound)
                try await services.chunks.reportProgress(jobID: planned.jobID, percents: BatchProgress.scoring)
            }
        }
    }

    // MARK: - Finishing

    /// - Parameter bundle: the job's model, if this process has it.
    private func finish(
        _ planned: PlannedJob,
        _ bundle: ModelBundle?,
        _ progress: inout BatchProgress
    ) async throws -> BatchReport {
        let results = try await services.chunks.results(jobID: planned.jobID)
        let states = try await services.chunks.states(jobID: planned.jobID)
        try ChunkScorer.check(states, planned)
        let digests = try ListDigests(users: planned.users, results)
        progress.metrics.count(results, planned.plan, states)
        // What other processes have done since is not in the figures of this one.
        if let since = held.job.scoringSince, let last = states.lastDoneAt {
            progress.metrics.seconds["generate"] = max(0, last.timeIntervalSince(since))
        }
        if let seconds = progress.metrics.seconds["generate"], seconds > 0 {
            progress.metrics.usersPerSecond = Double(planned.plan.users) / seconds
        }
        try await progress.stage("seal", at: 92) { try await services.generations.seal(planned.generation, lease) }
        try await services.hook(.sealed)
        let lists = try await progress.stage("validate", at: 96) { [metrics = progress.metrics] in
            try await validate(planned, digests, metrics)
        }
        try await services.hook(.validated)
        try await progress.stage("manifest", at: 97) {
            try await JobReports(blobs: services.store.blobs).save(JobManifest(planned, options: options), digests)
        }
        try await services.hook(.manifestWritten)
        progress.metrics.peakMemoryMB = ProcessMemory.peakMB
        try await progress.log("generation \(planned.generation) with \(lists) lists goes live")
        let metricsJSON = try progress.metrics.json()
        try await progress.stage("flip", at: 98) {
            try await services.generations.flip(
                to: LivePointer(
                    variant: planned.variant,
                    generation: planned.generation,
                    modelVersion: planned.modelVersion
                ),
                listCount: lists,
                metricsJSON: metricsJSON,
                lease
            )
        }
        if let bundle {
            services.models.setLive(bundle, for: planned.variant)
        } else if planned.variant == .default {
            services.models.setLive(version: planned.modelVersion)
        }
        try await services.hook(.flipped)
        return .completed(
            jobID: planned.jobID,
            generation: planned.generation,
            modelVersion: planned.modelVersion,
            metrics: progress.metrics
        )
    }

    /// - Returns: the number of lists.
    private func validate(_ planned: PlannedJob, _ digests: ListDigests, _ metrics: BatchMetrics) async throws -> Int {
        let (lists, expected) = try await services.generations.count(planned.generation, jobID: planned.jobID)
        guard lists == expected else {
            throw BatchError("generation \(planned.generation) holds \(lists) lists; its chunks say \(expected)")
        }
        guard digests.missing == metrics.quarantined ?? 0 else {
            throw BatchError(
                "generation \(planned.generation) lacks the lists of \(digests.missing) customers; "
                    + "\(metrics.quarantined ?? 0) are quarantined"
            )
        }
        if let problem = metrics.problem(users: planned.plan.users, before: try await coverageBefore()) {
            throw BatchError("generation \(planned.generation) is not made live: \(problem)", isRejection: true)
        }
        return lists
    }

    /// Coverage of the newest lists that went live; nil where it is not known.
    private func coverageBefore() async throws -> Double? {
        try await services.jobs.state().lastWithLists.flatMap { BatchMetrics(json: $0.metricsJSON).coverage }
    }
}

/// Why a batch failed for a reason of its own; others are the errors of what it uses.
struct BatchError: Error, CustomStringConvertible {
    let description: String
    /// The model or its lists did worse than they must; everything else worked.
    let isRejection: Bool

    init(_ description: String, isRejection: Bool = false) {
        (self.description, self.isRejection) = (description, isRejection)
    }
}
