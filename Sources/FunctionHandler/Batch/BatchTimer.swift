import Composition
import FoundationEssentials
import Logging
import RecPipeline
import Shop

/// A timer function: each tick decides whether a run is due and carries it out inside the invocation.
struct BatchTimer: Sendable {
    let function: TimerFunction
    let batch: BatchRunner
    let logger: Logger

    /// - Throws: when the batch failed, so that the host counts the invocation as failed too.
    func invoke(_ timer: TimerInvocation, now: Date = Date()) async throws -> InvocationResponse {
        var logger = logger
        logger[metadataKey: LogField.function] = "\(timer.functionName)"
        if let id = timer.invocationID { logger[metadataKey: LogField.invocationID] = "\(id)" }
        let unknown = timer.options.keys.sorted()
        if !unknown.isEmpty {
            logger.warning(
                "the run takes no options; ignored",
                metadata: ["options": "\(unknown.joined(separator: ", "))"]
            )
        }
        let isByHand = timer.isManual || timer.isAheadOfSchedule(now: now)
        let remaining = timer.deadline.map { $0 - .now }
        let report =
            isByHand
            ? try await batch.run(
                .manual,
                function.jobType,
                deadline: remaining,
                canHandOver: function.hasChunkOutput,
                logger: logger
            )
            : try await batch.tick(
                function,
                deadline: remaining,
                canHandOver: function.hasChunkOutput,
                logger: logger
            )
        if report.isFailure { throw BatchFailed(summary: report.summary) }
        return ChunkQueue.response(to: report)
    }
}

extension TimerFunction {
    /// Whether its function.json has the output binding of ``ChunkQueue``.
    fileprivate var hasChunkOutput: Bool { self == .generateRecommendations }

    /// What a run by hand of this function makes.
    fileprivate var jobType: BatchJob.JobType {
        switch self {
        case .generateRecommendations: .full
        case .refreshActiveUsers: .activeUsers
        }
    }
}

/// A batch that failed, in the words of its report.
struct BatchFailed: Error, CustomStringConvertible {
    let summary: String
    var description: String { summary }
}

extension TimerInvocation {
    /// Whether the host's next occurrence still lies ahead: in a scheduled call it is the one being served, about now.
    ///
    /// A run by hand without `input` leaves no other trace. A `Next` without an offset proves nothing: in a zone ahead of UTC
    /// it would make each tick look like a run by hand. An occurrence less than this far ahead is a timer that fired early.
    func isAheadOfSchedule(now: Date, tolerance: TimeInterval = 1.5) -> Bool {
        guard !isPastDue, let status = scheduleStatus, status.isNextExact, let next = status.next else { return false }
        return next.timeIntervalSince(now) > tolerance
    }
}
