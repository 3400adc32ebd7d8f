import Logging
import Shop

/// Updates a job's row and log while its stages run.
struct BatchProgress {
    private let services: BatchServices
    private let job: BatchJob
    private let lease: BatchLease
    var metrics: BatchMetrics

    /// The percents of a full run that scoring takes.
    static let scoring = 15.0...90.0

    init(services: BatchServices, job: BatchJob, lease: BatchLease) {
        self.services = services
        self.job = job
        self.lease = lease
        metrics = BatchMetrics(json: job.metricsJSON)
    }

    /// Runs a stage, adds its seconds and moves the job's progress to `percent` when it starts.
    mutating func stage<T>(_ name: String, at percent: Double, _ body: () async throws -> T) async throws -> T {
        try await report(name, at: percent)
        let clock = ContinuousClock()
        let start = clock.now
        let result = try await body()
        metrics.add(name, clock.now - start)
        return result
    }

    /// The same for a stage that reports and logs by itself.
    mutating func stage<T>(
        _ name: String,
        at percent: Double,
        _ body: (inout BatchProgress) async throws -> T
    ) async throws -> T {
        try await report(name, at: percent)
        let clock = ContinuousClock()
        let start = clock.now
        let result = try await body(&self)
        metrics.add(name, clock.now - start)
        return result
    }

    /// Moves stage and progress.
    func report(_ stage: String, at percent: Double) async throws {
        try await services.jobs.report(lease, stage: stage, progress: percent, metricsJSON: metrics.json())
    }

    /// Adds a line to the job's log.
    func log(_ message: String) async throws {
        try await services.logs.append(jobID: job.jobID, level: .info, message)
    }
}
