import FoundationEssentials
import Logging
import Shop
import Threading

/// One process's work of one kind on a job, measured from when this was made, and its row.
struct WorkRecord: Sendable {
    let meter = WorkMeter()
    private let id = UUID().uuidString.lowercased()
    private let start = ContinuousClock.now
    private let jobID: String
    private let kind: JobWork.Kind
    private let usage: JobUsageRepository
    private let memoryMB: Int?
    private let logger: Logger

    /// Longest wait for the database: what work has used is worth less than its end.
    private static let limit: Duration = .seconds(3)

    init(_ kind: JobWork.Kind, jobID: String, _ services: BatchServices, _ options: BatchOptions, _ logger: Logger) {
        self.kind = kind
        self.jobID = jobID
        self.logger = logger
        usage = services.usage
        memoryMB = options.configuredMemoryMB
    }

    /// Runs `work` and stores what it has used when it ends. Renewals of its lease store it meanwhile, so that a process that is
    /// killed loses what it used since the last one.
    func measure<Value: Sendable>(_ work: @Sendable () async throws -> Value) async rethrows -> Value {
        do {
            let value = try await WorkMeter.$current.withValue(meter) { try await work() }
            await storeLast()
            return value
        } catch {
            await storeLast()
            throw error
        }
    }

    /// Stores what was used so far. It decides nothing: without a database the work's own statements say what is wrong.
    func store() async {
        let work = JobWork(
            workID: id,
            jobID: jobID,
            kind: kind,
            seconds: (ContinuousClock.now - start).seconds,
            memoryMB: memoryMB,
            used: meter.usage
        )
        do { try await withDeadline(Self.limit) { try await usage.store(work) } } catch {
            logger.debug("what a job used was not stored", metadata: ["job_id": "\(jobID)", "error": "\(error)"])
        }
    }

    /// In a task of its own: the caller's may be cancelled, and a cancelled task cannot send statements.
    private func storeLast() async { await Task { await store() }.value }
}
