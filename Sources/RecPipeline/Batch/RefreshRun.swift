import FoundationEssentials
import RecEngine
import Shop
import Threading

/// One process's work on a job that makes single customers' lists again between full runs, with the live model, into the
/// overlay.
///
/// It needs no rows of its own to be resumed: a customer whose lists are stored is not stale any more.
struct RefreshRun: Sendable {
    let held: HeldJob

    private var services: BatchServices { held.services }
    private var options: BatchOptions { held.options }
    private var job: BatchJob { held.job }

    /// Works the job off.
    /// - Parameter end: when this process must have stopped.
    func work(until end: ContinuousClock.Instant?) async -> BatchReport {
        await held.work(until: end) { try await steps() }
    }

    private func steps() async throws -> BatchReport {
        var progress = try await held.progress()
        try await services.hook(.leaseTaken)
        guard let live = try await services.modelRows.live(),
            let generation = try await services.generations.find(live.generation)
        else { return try await held.finish(.noData(jobID: job.jobID), &progress) }
        let makers = try await progress.stage("load", at: 5) { try await listMaker(live) }
        let customers = try await services.stale.customers(
            StaleSelection(rule: job.jobType.staleRule(options), live: live, dataCut: generation.dataCut),
            limit: job.jobType.customerLimit(options)
        )
        progress.metrics.users = customers.count
        try await services.hook(.customersChosen)
        for first in stride(from: 0, to: customers.count, by: options.chunkSize) {
            let chunk = customers[first..<min(first + options.chunkSize, customers.count)]
            let isStored = try await progress.stage("generate", at: 10 + 90 * Double(first) / Double(customers.count)) {
                progress in
                let lists = try await lists(of: chunk, makers, dataCut: generation.dataCut)
                try await services.hook(.chunkScored)
                guard
                    try await services.cache.storeOverlay(lists, of: live, generatedAt: Date(), held.lease)
                else { return false }
                progress.metrics.lists += lists.count { $0.payload.count > 0 }
                progress.metrics.chunks += 1
                return true
            }
            try await services.hook(.chunkLoaded)
            guard isStored else {
                // What was made is of a model that nobody is served now; the next tick asks again who is stale.
                progress.metrics.note =
                    "another generation went live; the customers that were left need no refresh by this job"
                break
            }
        }
        progress.metrics.peakMemoryMB = ProcessMemory.peakMB
        let report = BatchReport.refreshed(
            jobID: job.jobID,
            customers: customers.count,
            modelVersion: live.modelVersion
        )
        try await progress.log(report.summary)
        try await services.jobs.finish(
            held.lease,
            status: .completed,
            error: nil,
            metricsJSON: try progress.metrics.json()
        )
        return report
    }

    private func listMaker(_ live: LivePointer) async throws -> (maker: ListMaker, bundle: ModelBundle) {
        let bundle = try await services.models.exactBundle(for: live.modelVersion)
        try await services.jobs.fixModel(held.lease, version: live.modelVersion)
        // The settings and the catalogue of now, as a request has them: a list is the same whoever makes it.
        let document = try await services.config.find(.recommender)
        let settings = LiveSettings.Current(
            settings: try RecommenderSettings(json: document?.json),
            version: document?.version ?? 0
        )
        let catalogue = try await services.catalogue.current()
        let admitted = AdmittedProducts(catalogue, settings)
        let maker = services.makers.maker(bundle, admitted, generation: live.generation)
        return (maker, bundle)
    }

    /// Both lists of each customer, in the order given. Reads share the round trips of the pipelined lane.
    private func lists(
        of customers: ArraySlice<StaleCustomer>,
        _ makers: (maker: ListMaker, bundle: ModelBundle),
        dataCut: Int64
    ) async throws -> [OverlayList] {
        try await withThrowingTaskGroup(of: (Int, [OverlayList]).self) { group in
            var lists = [[OverlayList]](repeating: [], count: customers.count)
            for (position, customer) in customers.enumerated() {
                if position >= Self.concurrentReads, let (done, made) = try await group.next() { lists[done] = made }
                group.addTask { (position, try await self.lists(of: customer, makers, dataCut: dataCut)) }
            }
            for try await (done, made) in group { lists[done] = made }
            return lists.flatMap(\.self)
        }
    }

    private static let concurrentReads = 16

    private func lists(
        of customer: StaleCustomer,
        _ makers: (maker: ListMaker, bundle: ModelBundle),
        dataCut: Int64
    ) async throws -> [OverlayList] {
        let met = try await services.interactions.metProducts(userKey: customer.userKey)
        let known = try await services.loader.customer(customer.userKey, met, items: makers.bundle.items)
        return ListKind.allCases.map { kind in
            OverlayList(
                userKey: customer.userKey,
                list: kind,
                payload: known.profile.isEmpty
                    ? StoredList() : makers.maker.list(kind, for: known, fillsEmpty: true),
                dataCut: max(met.lastID, customer.newestEventID, dataCut)
            )
        }
    }
}

extension BatchJob.JobType {
    /// Whose lists a job of this type makes again.
    func staleRule(_ options: BatchOptions) -> StaleSelection.Rule {
        self == .activeUsers ? .invalidated(activeWithin: options.activeWithin) : .events
    }

    /// How many customers one job takes at the most.
    func customerLimit(_ options: BatchOptions) -> Int { self == .activeUsers ? options.activeUsersLimit : .max }
}
