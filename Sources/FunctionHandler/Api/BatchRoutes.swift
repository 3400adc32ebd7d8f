import FoundationEssentials
import HTTPTypes
import RecPipeline
import Shop
import TextFormats

/// Batch jobs for administrators. Everything is read from rows, so any instance answers for any other.
struct BatchRoutes: Sendable {
    let jobs: BatchJobRepository
    let logs: BatchLogRepository
    let batch: BatchRunner
    /// Says that a job is waiting.
    let wake: @Sendable () -> Void
    var now: @Sendable () -> Date = { Date() }

    var routes: [Route] {
        [
            Route(.get, "/batch/jobs", .admin, list),
            Route(.get, "/batch/jobs/{job_id}", .admin, detail),
            Route(.get, "/batch/status", .admin, status),
            Route(.get, "/batch/logs/{job_id}", .admin, log),
            Route(.post, "/batch/trigger", .admin, trigger),
        ]
    }

    @Sendable
    private func list(_ request: RoutedRequest) async throws -> Response {
        let now = now()
        return try await ListBody.page(of: jobs.list, for: request) { job, writer in
            BatchJobBody.write(job, now: now, to: &writer)
        }
    }

    @Sendable
    private func detail(_ request: RoutedRequest) async throws -> Response {
        try await response(to: find(request))
    }

    @Sendable
    private func status(_: RoutedRequest) async throws -> Response {
        let state = try await jobs.state()
        let schedule = try batch.schedule(state)
        let decision = try batch.decide(.timer, state)
        return .json(headers: .noStore, reserving: 4_096) { writer in
            writer.member("state", state.running != nil ? "running" : state.pending != nil ? "pending" : "idle")
            for (name, job) in [
                ("running", state.running), ("pending", state.pending), ("last_completed", state.lastCompleted),
                ("last_failed", state.lastFailed),
            ] as [(StaticString, BatchJob?)] {
                writer.key(name)
                if let job { BatchJobBody.write(job, now: state.now, to: &writer) } else { writer.null() }
            }
            writer.key("live")
            writer.object { writer in
                writer.member("generation", state.live?.generation)
                writer.member("model_version", state.live?.modelVersion)
            }
            writer.key("schedule")
            writer.object { writer in
                writer.member("interval_seconds", schedule.intervalSeconds)
                writer.member("enabled", schedule.enabled)
                BatchJobBody.write(decision, to: &writer)
            }
        }
    }

    @Sendable
    private func log(_ request: RoutedRequest) async throws -> Response {
        enum Format: String, CaseIterable { case json, text }
        let query = try request.queryParameters()
        let format = try query.choice("format", Format.self) ?? .json
        let cursor = try query.int("cursor", default: 0, in: 0...Int.max)
        let limit = try query.int("limit", default: 1_000, in: 1...10_000)
        let job = try await find(request)
        guard format == .json else {
            let text = try await text(of: job, after: Int64(cursor))
            return Response(
                status: .ok,
                headers: [
                    .contentType: "text/plain; charset=utf-8", .cacheControl: "private, no-store",
                    .contentDisposition: "attachment; filename=\"\(job.jobID).log\"",
                ],
                body: Array(text.utf8)
            )
        }
        // One more than asked for shows whether there is a next page.
        var lines = try await logs.list(jobID: job.jobID, afterID: Int64(cursor), limit: limit + 1)
        let hasMore = lines.count > limit
        if hasMore { lines.removeLast() }
        let total = try await logs.count(jobID: job.jobID)
        return .json(
            ListBody.bytes(
                total: total,
                page: nil,
                pageSize: limit,
                nextCursor: hasMore ? lines.last.map { String($0.id) } : nil
            ) { writer in
                for line in lines {
                    writer.object { writer in
                        writer.member("id", line.id)
                        writer.member("job_id", line.jobID)
                        writer.member("logged_at", Timestamp.text(line.loggedAt))
                        writer.member("level", line.level.rawValue)
                        writer.member("message", line.message)
                    }
                }
            },
            headers: .noStore
        )
    }

    /// The complete log from a line on, as a download.
    private func text(of job: BatchJob, after cursor: Int64) async throws -> String {
        let page = 1_000
        var text = ""
        var last = cursor
        while true {
            let lines = try await logs.list(jobID: job.jobID, afterID: last, limit: page)
            for line in lines { text += "\(Timestamp.text(line.loggedAt)) \(line.level.rawValue) \(line.message)\n" }
            guard lines.count == page, let id = lines.last?.id else { return text }
            last = id
        }
    }

    @Sendable
    private func trigger(_ request: RoutedRequest) async throws -> Response {
        // The host sends a request again whose connection broke, under the same invocation id.
        let key = request.headers[.idempotencyKey] ?? request.invocationID
        if let key, !(1...128).contains(key.utf8.count) {
            let rule = "must have 1 to 128 characters"
            throw Problem.badRequest("Idempotency-Key \(rule)", faults: [.init(.header, "Idempotency-Key", rule)])
        }
        switch try await jobs.enqueue(trigger: .api, idempotencyKey: key) {
        case .created(let job):
            wake()
            return accepted(job)
        case .replayed(let job):
            // Its job may wait for a process that died before it started it.
            if job.status == .pending || job.isAbandoned { wake() }
            return accepted(job, isReplay: true)
        case .busy(let job) where job.isAbandoned:
            // Resuming it is the run that was asked for.
            wake()
            return accepted(job)
        case .busy(let job):
            if job.status == .pending { wake() }
            var problem = Problem.conflict(
                "\(job.jobID) is \(job.status.rawValue); one job runs at a time",
                kind: "batch-busy"
            )
            problem.extensions = ["job_id": .string(job.jobID)]
            problem.headers[.location] = Self.path(of: job)
            throw problem
        }
    }

    private func accepted(_ job: BatchJob, isReplay: Bool = false) -> Response {
        var headers = HTTPFields.noStore
        headers[.location] = Self.path(of: job)
        if isReplay { headers[.idempotentReplayed] = "true" }
        return response(to: job, status: .accepted, headers: headers)
    }

    private func response(
        to job: BatchJob,
        status: HTTPResponse.Status = .ok,
        headers: HTTPFields = .noStore
    ) -> Response {
        var writer = JSONWriter()
        BatchJobBody.write(job, now: now(), to: &writer)
        return .json(writer.finish(), status: status, headers: headers)
    }

    private func find(_ request: RoutedRequest) async throws -> BatchJob {
        let id = try request.pathParameter("job_id")
        guard let job = try await jobs.find(id) else { throw Problem.notFound("job", id) }
        return job
    }

    private static func path(of job: BatchJob) -> String { "/api/batch/jobs/\(job.jobID)" }
}
