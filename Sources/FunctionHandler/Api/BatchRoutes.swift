import FoundationEssentials
import HTTPTypes
import RecPipeline
import Shop
import TextFormats

/// Batch jobs for administrators. Everything is read from rows, so any instance answers for any other.
struct BatchRoutes: Sendable {
    let jobs: BatchJobRepository
    let chunks: ChunkRepository
    let logs: BatchLogRepository
    let ticks: TickRepository
    let batch: BatchRunner
    let costs: JobCosts
    /// Says that a job of a type is waiting.
    let wake: @Sendable (BatchJob.JobType) -> Void
    var now: @Sendable () -> Date = { Date() }

    private static let jobID = RouteInput<String>.path("job_id", "A job's id.", example: "job-000001")

    var routes: [Route] {
        [
            Route(
                .get,
                "/batch/jobs",
                .admin,
                "listJobs",
                "Batch jobs, newest first",
                PageRequest.input,
                .choice("status", "Only jobs of this status."),
                .choice("job_type", "Only jobs of this type."),
                returning: .json(.list(of: JobAnswer.body), "A page of jobs."),
                handler: list
            ),
            Route(
                .get,
                "/batch/jobs/{job_id}",
                .admin,
                "getJob",
                "One batch job",
                Self.jobID,
                returning: .json(JobAnswer.body, "The job."),
                handler: { _, id in try await answer(id) }
            ),
            Route(
                .get,
                "/batch/jobs/{job_id}/evaluation",
                .admin,
                "getJobEvaluation",
                "How the models that could have been chosen were judged; null when the job kept the model that it found",
                Self.jobID,
                returning: .response(.init(.ok, "The choice, with the figures of each model.", Schema.object.nullable)),
                handler: evaluation
            ),
            Route(
                .get,
                "/batch/jobs/{job_id}/quarantine",
                .admin,
                "listQuarantinedUsers",
                "Customers whose lists a job could not make; they are served on demand",
                Self.jobID,
                returning: .json(.list(of: Self.quarantined), "The customers."),
                handler: quarantine
            ),
            Route(
                .post,
                "/batch/jobs/{job_id}/cancel",
                .admin,
                "cancelJob",
                "Ends a job that waits or runs; what is live stays",
                Self.jobID,
                returning: .json(JobAnswer.body, "The job."),
                problems: [.conflict: "The job has ended already."],
                handler: cancel
            ),
            Route(
                .get,
                "/batch/status",
                .admin,
                "getBatchStatus",
                "What runs, what waits, what is live, and when the next run is due",
                returning: .json(StatusAnswer.body, "The state of batches."),
                handler: { _ in try await status() }
            ),
            Route(
                .get,
                "/batch/logs/{job_id}",
                .admin,
                "getJobLog",
                "The log of a batch job",
                Self.jobID,
                .choice("format", "`text` downloads the whole log from the cursor on.", default: LogFormat.json),
                .integer(
                    "cursor",
                    "Lines after this one: the next_cursor of an earlier answer.",
                    default: 0,
                    in: 0...Int.max
                ),
                .integer("limit", "Lines of a JSON page.", default: 1_000, in: 1...10_000),
                returning: .response(
                    .init(.ok, "Lines of the log.", Self.logBody.schema),
                    .init(.ok, "The log as text.", .string, mediaType: "text/plain")
                ),
                handler: log
            ),
            Route(
                .post,
                "/batch/trigger",
                .admin,
                "triggerBatch",
                "Starts a batch",
                Self.jobType,
                .header(.idempotencyKey, "The same key answers with the same job.", schema: Idempotency.schema),
                returning: .response(.init(.accepted, "The job; Location names it.", JobAnswer.body.schema)),
                problems: [
                    .conflict: "A job is waiting or running; Location names it.",
                    .unprocessableContent: "The key belongs to a job of another type.",
                ],
                handler: trigger
            ),
        ]
    }

    private func list(
        _: RoutedRequest,
        _ page: PageRequest,
        _ status: BatchJob.Status?,
        _ type: BatchJob.JobType?
    ) async throws -> ListAnswer<JobAnswer> {
        let (jobs, total) = try await jobs.list(page: page.page, pageSize: page.pageSize, status: status, type: type)
        let now = now()
        let costs = try await costs.costs(of: jobs.map(\.jobID))
        let items = jobs.map { JobAnswer(job: $0, now: now, cost: costs[$0.jobID]) }
        return ListAnswer(items, total: total, page: page.page, pageSize: page.pageSize)
    }

    private func answer(_ id: String) async throws -> JobAnswer {
        let job = try await find(id)
        return JobAnswer(job: job, now: now(), cost: try await costs.costs(of: [job.jobID])[job.jobID])
    }

    private func evaluation(_: RoutedRequest, _ id: String) async throws -> Response {
        let job = try await find(id)
        let json = try await jobs.evaluation(of: job.jobID) ?? "null"
        return .json(Array(json.utf8), headers: .noStore)
    }

    private static let quarantined = ObjectBody<QuarantinedUser>("QuarantinedUser") {
        Member("user_id", .string, "null when the customer was erased since.") { $0.userID }
        Member("reason", .string, "Why the lists could not be made.") { $0.reason }
    }

    private func quarantine(_: RoutedRequest, _ id: String) async throws -> ListAnswer<QuarantinedUser> {
        ListAnswer(all: try await chunks.quarantined(jobID: try await find(id).jobID))
    }

    private func cancel(_: RoutedRequest, _ id: String) async throws -> JobAnswer {
        guard let wasOpen = try await jobs.cancel(id) else { throw Problem.notFound("job", id) }
        let job = try await answer(id)
        guard wasOpen || job.job.status == .cancelled else {
            throw Problem.conflict("\(id) is \(job.job.status.rawValue) already", kind: "job-ended")
        }
        return job
    }

    // MARK: Status

    private func status() async throws -> StatusAnswer {
        let state = try await jobs.state()
        return StatusAnswer(
            state: state,
            schedule: try batch.schedule(state),
            decision: try batch.decide(.timer, state),
            generateTick: try await ticks.last(.generateRecommendations),
            refreshTick: try await ticks.last(.refreshActiveUsers)
        )
    }

    // MARK: Log

    private enum LogFormat: String, CaseIterable { case json, text }

    private static let lineBody = ObjectBody<BatchLogEntry>("LogLine") {
        Member("id") { $0.id }
        Member("job_id") { $0.jobID }
        Member("logged_at") { $0.loggedAt }
        Member("level", .choice(["debug", "info", "warning", "error"])) { $0.level.rawValue }
        Member("message") { $0.message }
    }

    private static let logBody = ObjectBody<ListAnswer<BatchLogEntry>>.list(of: lineBody)

    private func log(
        _: RoutedRequest,
        _ id: String,
        _ format: LogFormat,
        _ cursor: Int,
        _ limit: Int
    ) async throws -> Response {
        let job = try await find(id)
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
        let list = ListAnswer(
            lines,
            total: try await logs.count(jobID: job.jobID),
            page: nil,
            pageSize: limit,
            nextCursor: hasMore ? lines.last.map { String($0.id) } : nil
        )
        return .json(Self.logBody.bytes(list, reserving: 4_096), headers: .noStore)
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

    // MARK: Trigger

    /// What the body asks for; a full run without a body.
    private static let jobType = RouteInput<BatchJob.JobType>(
        [],
        body: BodyDeclaration(
            schema: .object([
                .init(name: "job_type", schema: Schema.choice(BatchJob.JobType.self).nullable, isRequired: false)
            ]),
            example: #"{"job_type":"full"}"#,
            isRequired: false
        )
    ) { (arguments) throws(Problem) in
        guard let body = try arguments.request.bodies.json(of: arguments.request.request) else { return .full }
        var reader = ObjectReader(body, at: "#")
        let type = reader.choice("job_type", BatchJob.JobType.self)
        guard reader.faults.isEmpty else { throw .invalidBody(reader.faults) }
        return type ?? .full
    }

    func trigger(
        _ request: RoutedRequest,
        _ type: BatchJob.JobType,
        _ givenKey: String?
    ) async throws -> Response {
        // The host sends a request again whose connection broke, under the same invocation id.
        let key = givenKey ?? request.invocationID
        if let key { try Idempotency.check(key) }
        switch try await jobs.enqueue(type, trigger: .api, idempotencyKey: key) {
        case .created(let job):
            wake(job.jobType)
            return accepted(job)
        case .replayed(let job) where job.jobType != type: throw Problem.idempotencyKeyReused
        case .replayed(let job):
            // Its job may wait for a process that died before it started it.
            if job.status == .pending || job.isAbandoned { wake(job.jobType) }
            return accepted(job, isReplay: true)
        case .busy(let job) where job.isAbandoned:
            // Resuming it is the run that was asked for.
            wake(type)
            return accepted(job)
        case .busy(let job):
            if job.status == .pending { wake(type) }
            var problem = Problem.conflict(
                "\(job.jobID) is \(job.status.rawValue); one job of a type runs at a time",
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
        return .json(JobAnswer.body.bytes(JobAnswer(job: job, now: now())), status: .accepted, headers: headers)
    }

    private func find(_ id: String) async throws -> BatchJob {
        guard let job = try await jobs.find(id) else { throw Problem.notFound("job", id) }
        return job
    }

    private static func path(of job: BatchJob) -> String { "/api/batch/jobs/\(job.jobID)" }
}

/// What `GET /batch/status` says.
private struct StatusAnswer: Sendable {
    let state: BatchState
    let schedule: BatchSchedule
    let decision: BatchSchedule.Decision
    let generateTick: Tick?
    let refreshTick: Tick?

    private func job(_ job: BatchJob?) -> JobAnswer? { job.map { JobAnswer(job: $0, now: state.now) } }

    private var word: String { state.running != nil ? "running" : state.pending != nil ? "pending" : "idle" }

    static let body = ObjectBody<StatusAnswer>("BatchStatus") {
        Member("state", .choice(["running", "pending", "idle"])) { $0.word }
        Member("running", optional: JobAnswer.body) { $0.job($0.state.running) }
        Member("pending", optional: JobAnswer.body) { $0.job($0.state.pending) }
        Member("last_completed", optional: JobAnswer.body) { $0.job($0.state.lastCompleted) }
        Member("last_failed", optional: JobAnswer.body) { $0.job($0.state.lastFailed) }
        Member("live", live) { $0.state }
        Member("schedule", scheduling) { $0 }
        Member("ticks", ticks) { $0 }
    }

    private static let ticks = ObjectBody<StatusAnswer>(nil, "The last tick of each timer.") {
        Member("GenerateRecommendations", optional: tick) { $0.generateTick }
        Member("RefreshActiveUsers", optional: tick) { $0.refreshTick }
    }

    private static let tick = ObjectBody<Tick> {
        Member("ticked_at") { $0.tickedAt }
        Member("outcome", .string, "What it led to, in words; null while it is being worked on.") { $0.outcome }
    }

    private static let live = ObjectBody<BatchState> {
        Member("generation") { $0.live?.generation }
        Member("model_version") { $0.live?.modelVersion }
    }

    private static let offPeak = ObjectBody<OffPeakWindow>(nil, "When full runs may start.") {
        Member("start") { OffPeakWindow.text(ofMinutes: $0.start) }
        Member("end") { OffPeakWindow.text(ofMinutes: $0.end) }
        Member("time_zone") { $0.timeZone }
    }

    private static let scheduling = ObjectBody<StatusAnswer> {
        Member("interval_seconds", .count) { $0.schedule.intervalSeconds }
        Member("active_interval_seconds", .count) { $0.schedule.activeIntervalSeconds }
        Member("off_peak", optional: offPeak) { $0.schedule.offPeak }
        Member("adaptive") { $0.schedule.isAdaptive }
        Member("enabled") { $0.schedule.enabled }
        Member("due", .boolean, "Whether a tick would start a run now.") { $0.decision.isDue }
        Member("reason", .string, "Why it is due or not.") { $0.decision.reason }
        Member("next_run_at") { $0.decision.next }
    }
}

extension BatchSchedule.Decision {
    var isDue: Bool { if case .due = self { true } else { false } }

    var reason: String {
        switch self {
        case .due(let reason), .notDue(let reason, _): reason
        }
    }

    /// Nil when a run is due.
    var next: Date? { if case .notDue(_, let next) = self { next } else { nil } }
}
