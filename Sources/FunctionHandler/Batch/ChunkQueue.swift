import Composition
import Logging
import RecPipeline
import TextFormats

/// The queue that spreads a large batch over the instances which the Functions runtime starts.
///
/// A message says that a job has chunks to score, not which: those are rows, claimed one by one. A message that is lost, late or
/// delivered twice changes no list, so anything but a database that does not answer ends with success.
struct ChunkQueue: Sendable {
    /// The function that its messages call.
    static let function = "ScoreUsers"
    /// The name of the output binding in the functions that put messages on it.
    static let output = "chunks"

    let batch: BatchRunner
    let logger: Logger

    /// What a timer's invocation gives back for a report: messages where processes are called, and a line for the log.
    static func response(to report: BatchReport) -> InvocationResponse {
        guard case .scoring(let jobID, _, _, let calls) = report, calls > 0 else {
            return InvocationResponse(logs: [report.summary])
        }
        let messages = [String](repeating: message(jobID: jobID), count: calls)
        return InvocationResponse(outputs: [output: messages], logs: [report.summary])
    }

    static func message(jobID: String) -> String {
        var writer = JSONWriter()
        writer.object { $0.member("job_id", jobID) }
        return String(decoding: writer.finish(), as: UTF8.self)
    }

    /// Works on the chunks of the job that a message names.
    /// - Throws: when nothing could be found out; the host delivers the message again.
    func invoke(_ delivery: QueueInvocation) async throws -> InvocationResponse {
        var logger = logger
        logger[metadataKey: LogField.function] = "\(delivery.functionName)"
        if let id = delivery.invocationID { logger[metadataKey: LogField.invocationID] = "\(id)" }
        guard let jobID = delivery.message.object?["job_id"]?.string, ExternalID.isValid(jobID) else {
            logger.warning("a message of the queue is left out: it names no job_id")
            return InvocationResponse(logs: ["left out: the message names no job_id"])
        }
        let report = try await batch.score(
            jobID: jobID,
            deadline: delivery.deadline.map { $0 - .now },
            logger: logger
        )
        logger.info("\(report.summary)", metadata: ["job_id": "\(jobID)", "deliveries": "\(delivery.dequeueCount)"])
        return InvocationResponse(logs: [report.summary])
    }
}
