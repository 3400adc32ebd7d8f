import FoundationEssentials
import RecEngine
import Shop
import Synchronization
import Threading

/// Scores the chunks of a planned job, one after another, beside whoever else does.
///
/// A chunk is claimed, made and stored in one transaction that compares the claim; the next one is made meanwhile. Whoever makes a
/// chunk makes the same bytes: its input is the job's model, settings, products and users, and their events up to its cut.
struct ChunkScorer: Sendable {
    let services: BatchServices
    let options: BatchOptions
    let planned: PlannedJob
    let lists: ListMaker
    let source: HistorySource
    let claims: ChunkClaims

    /// How often it is looked whether chunks of other processes are done or free.
    private static let pollInterval: Duration = .milliseconds(250)

    /// - Parameters:
    ///   - bundle: the job's model.
    ///   - histories: of all the job's users, where this process has them; else they are read chunk by chunk.
    init(
        services: BatchServices,
        options: BatchOptions,
        planned: PlannedJob,
        bundle: ModelBundle,
        histories: Histories?,
        claims: ChunkClaims
    ) async throws {
        let listed = try await JobReports(blobs: services.store.blobs).listed(jobID: planned.jobID, items: bundle.items)
        self.services = services
        self.options = options
        self.planned = planned
        lists = ListMaker(
            bundle: bundle,
            options: planned.ranking,
            allowed: listed.allowed,
            newProducts: NewProducts(listed.new, bundle: bundle),
            generation: planned.generation,
            at: planned.asOf
        )
        source = histories.map { .memory($0) } ?? .database(services.loader, items: bundle.items)
        self.claims = claims
    }

    /// Works until every chunk of the job is done, by whomever, or the job has ended.
    /// - Parameters:
    ///   - patience: how long it waits for chunks that others have claimed; nil for as long as they take.
    ///   - loaded: called after each chunk that this process has stored.
    func run(patience: Duration? = nil, loaded: (BatchChunk) async throws -> Void = { _ in }) async throws {
        do {
            var lastWork = ContinuousClock.now
            while true {
                if try await scoreFree(loaded) { lastWork = .now }
                let states = try await services.chunks.states(jobID: planned.jobID)
                guard states.isRunning, states.unfinished > 0 else { return }
                try Self.check(states, planned)
                // What is claimed is being worked on, or its process was killed and the claim ends within its length.
                if let patience, ContinuousClock.now - lastWork > patience { return }
                try await Task.sleep(for: Self.pollInterval)
            }
        } catch {
            await claims.release(services.chunks)
            throw error
        }
    }

    /// - Throws: `BatchError` when so many users are quarantined that something is wrong with more than them.
    static func check(_ states: ChunkStates, _ planned: PlannedJob) throws {
        guard states.quarantinedUsers > planned.quarantineLimit else { return }
        throw BatchError(
            "\(states.quarantinedUsers) customers could not be scored, more than \(planned.quarantineLimit) of \(planned.plan.users)"
        )
    }

    // MARK: - Chunks

    /// A chunk as it is stored.
    private struct MadeChunk: Sendable {
        let claim: ChunkClaim
        let rows: [CacheRow]
        let result: ChunkResult
    }

    /// Scores what nobody has claimed; one chunk is made while the one before it is stored.
    /// - Returns: whether there was one.
    private func scoreFree(_ loaded: (BatchChunk) async throws -> Void) async throws -> Bool {
        var next = try await nextMade()
        let hasWorked = next != nil
        while let made = next {
            try Task.checkCancellation()
            try await services.hook(.chunkScored)
            async let following = nextMade()
            if try await store(made) {
                try await services.hook(.chunkLoaded)
                try await loaded(made.claim.chunk)
            }
            next = try await following
        }
        return hasWorked
    }

    /// Claims a chunk and makes its lists; nil when none is free.
    private func nextMade() async throws -> MadeChunk? {
        while let claim = try await claims.claim(services, options, planned) {
            do { return try await make(claim) } catch { try await give(claim, back: error) }
        }
        return nil
    }

    private func make(_ claim: ChunkClaim) async throws -> MadeChunk {
        let keys = planned.users.keys[claim.chunk.users]
        try services.scoringHook(keys)
        let (histories, rows) = try await source.histories(of: claim.chunk, planned)
        let made = try await withTaskExecutorPreference(services.compute) {
            try await lists.rows(of: rows, in: histories, workers: services.compute.threadCount)
        }
        return MadeChunk(
            claim: claim,
            rows: made.rows,
            result: ChunkResult(
                chunk: claim.chunk,
                listCount: made.rows.count,
                filled: made.filled,
                empty: made.empty,
                digests: ListDigests.words(of: made.rows, users: keys),
                listed: made.listed.words
            )
        )
    }

    /// - Returns: `false` when another process has the chunk by now, or its lists could not be stored.
    private func store(_ made: MadeChunk) async throws -> Bool {
        let stamp = CacheStamp(
            generation: planned.generation,
            dataCut: planned.dataCut,
            modelVersion: planned.modelVersion,
            generatedAt: Date()
        )
        do {
            try await services.chunks.load(made.claim, made.rows, made.result, stamp)
            claims.drop(made.claim)
            return true
        } catch is LeaseLost {
            claims.drop(made.claim)
            return false
        } catch {
            try await give(made.claim, back: error)
            return false
        }
    }

    /// Gives a chunk back that cannot be made or stored, for another attempt.
    /// - Throws: the error, when it is not the chunk's.
    private func give(_ claim: ChunkClaim, back error: any Error) async throws {
        guard !(error is CancellationError), !Task.isCancelled, DatabaseInterruption(error) == nil else { throw error }
        try await services.chunks.fail(claim, reason: "\(error)")
        claims.drop(claim)
        try await services.logs.append(
            jobID: planned.jobID,
            level: .warning,
            "the lists of \(claim.chunk.userCount) customers from position \(claim.chunk.firstUser) could not be made: \(error)"
        )
        try Self.check(try await services.chunks.states(jobID: planned.jobID), planned)
    }
}

/// The chunks that a process has claimed and not stored yet: at most two, the one being stored and the one being made.
final class ChunkClaims: Sendable {
    private let held = Mutex<[ChunkClaim]>([])

    func claim(_ services: BatchServices, _ options: BatchOptions, _ planned: PlannedJob) async throws -> ChunkClaim? {
        let claim = try await services.chunks.claim(
            jobID: planned.jobID,
            owner: services.owner,
            users: planned.users.keys,
            leaseDuration: options.leaseDuration
        )
        if let claim { held.withLock { $0.append(claim) } }
        return claim
    }

    func drop(_ claim: ChunkClaim) { held.withLock { $0.removeAll { $0 == claim } } }

    /// Extends all of them.
    func renew(_ chunks: ChunkRepository, for duration: Duration) async throws {
        for (jobID, tokens) in tokens { try await chunks.renew(tokens, jobID: jobID, for: duration) }
    }

    /// Gives all of them back. Not by the caller's task, which may be cancelled and then cannot send statements; should the
    /// database not answer, they end by themselves.
    func release(_ chunks: ChunkRepository) async {
        let tokens = tokens
        await Task { for (jobID, tokens) in tokens { try? await chunks.release(tokens, jobID: jobID) } }.value
        held.withLock { $0.removeAll() }
    }

    private var tokens: [String: [Int64]] {
        held.withLock { Dictionary(grouping: $0, by: \.jobID).mapValues { $0.map(\.fencingToken) } }
    }
}
