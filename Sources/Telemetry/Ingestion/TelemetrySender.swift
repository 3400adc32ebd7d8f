import AzureBlob
import Logging
import TextFormats

/// Sends what the queue holds, batch after batch. One sending at a time, whoever asks for it.
actor TelemetrySender {
    private let queue: TelemetryQueue
    private let settings: IngestionSettings
    private let options: TelemetryOptions
    private let writer: TelemetryWriter
    private let transport: CurlTransport
    private let credential: (any TokenCredential)?
    private let logger: Logger
    /// Where a redirect led; the next batches go there at once.
    private var url: String
    private var running: Task<Void, Never>?
    /// Nothing is sent before this.
    private var notBefore: ContinuousClock.Instant?
    private var failures = 0

    private static let longestRedirect = 3

    init(
        queue: TelemetryQueue,
        settings: IngestionSettings,
        options: TelemetryOptions,
        source: TelemetrySource,
        transport: CurlTransport,
        credential: (any TokenCredential)?,
        logger: Logger
    ) {
        self.queue = queue
        self.settings = settings
        self.options = options
        self.transport = transport
        self.credential = credential
        self.logger = logger
        writer = TelemetryWriter(instrumentationKey: settings.instrumentationKey, source: source)
        url = settings.endpoint + "/v2.1/track"
    }

    /// Sends until the queue is empty, or the endpoint wants to be left alone. Returns at once while it does.
    func drain() async {
        if let running { return await running.value }
        if let notBefore, options.now() < notBefore { return }
        let task = Task {
            while await sendBatch() {}
            // No suspension since the last look into the queue: what comes now finds no sending to wait for.
            running = nil
        }
        running = task
        await task.value
    }

    /// - Returns: whether to go on.
    private func sendBatch() async -> Bool {
        var batch = queue.take(options.batchSize)
        guard !batch.isEmpty else { return false }
        let dropped = queue.takeDropped()
        if dropped > 0 { batch.append(.init(item: options.item(.metric(.telemetryDropped, Double(dropped))))) }
        for index in batch.indices { batch[index].attempts += 1 }
        switch await answer(to: batch) {
        case .success(.done(let refused)):
            succeeded(refused: refused)
            return true
        case .success(.again(let indices, let refused, let pause)):
            queue.countDropped(refused)
            putBack(indices.map { batch[$0] })
            return backOff(
                pause,
                "the endpoint accepted \(batch.count - indices.count - refused) of \(batch.count) items"
            )
        case .success(.stop(let pause)):
            queue.countDropped(batch.count)
            let end = options.now() + pause
            queue.close(until: end)
            notBefore = end
            log("the daily quota is used up; nothing is sent for \(pause.components.seconds) s")
            return false
        case .success(.unauthorized):
            putBack(batch)
            return backOff(
                nil,
                credential == nil
                    ? "the instrumentation key is refused; does the resource require Entra ID? Set "
                        + "APPLICATIONINSIGHTS_AUTHENTICATION_STRING=Authorization=AAD"
                    : "the token is refused; its identity needs the role Monitoring Metrics Publisher"
            )
        case .success(.redirect(let location)), .success(.refused(let location)):
            queue.countDropped(batch.count)
            log(location)
            return true
        case .failure(let problem):
            putBack(batch)
            return backOff(nil, problem.description)
        }
    }

    private struct Problem: Error, CustomStringConvertible {
        let description: String
    }

    /// Posts a batch, follows redirects and asks once for another token.
    private func answer(to batch: [TelemetryQueue.Entry]) async -> Result<IngestionAnswer, Problem> {
        let bytes = writer.bytes(of: batch.map(\.item))
        var headers: HTTPHeaders = ["Content-Type": "application/json", "Accept": "application/json"]
        let body = Gzip.compressed(bytes) ?? bytes
        if body.count < bytes.count { headers["Content-Encoding"] = "gzip" }
        var redirects = 0
        var hasRefusedToken = false
        while true {
            var request = HTTPRequest("POST", url, headers: headers, body: body.count < bytes.count ? body : bytes)
            request.connectTimeout = options.connectTimeout
            request.totalTimeout = options.requestTimeout
            request.responseLimit = 1 << 20
            var token: String?
            do {
                if let credential {
                    let found = try await credential.token(scope: settings.scope).token
                    request.headers["Authorization"] = "Bearer \(found)"
                    token = found
                }
                let answer = IngestionAnswer(try await transport.send(request), count: batch.count)
                switch answer {
                case .redirect(let location):
                    redirects += 1
                    guard settings.allowsRedirect(to: location), redirects <= Self.longestRedirect else {
                        return .success(.refused("a redirect to \(WireURL(location).authority) is not followed"))
                    }
                    url = location
                case .unauthorized:
                    guard let credential, let token, !hasRefusedToken else { return .success(answer) }
                    hasRefusedToken = true
                    await credential.refuse(token, scope: settings.scope)
                default:
                    return .success(answer)
                }
            } catch {
                return .failure(Problem(description: "\(error)"))
            }
        }
    }

    private func succeeded(refused: Int) {
        if failures > 0 { logger.info("telemetry is accepted again") }
        (failures, notBefore) = (0, nil)
        guard refused > 0 else { return }
        queue.countDropped(refused)
        log("\(refused) items were refused")
    }

    /// Items that were sent too often are given up.
    private func putBack(_ entries: [TelemetryQueue.Entry]) {
        let kept = entries.filter { $0.attempts < options.attempts }
        queue.countDropped(entries.count - kept.count)
        queue.putBack(kept)
    }

    /// Leaves the endpoint alone: as long as it asks for, else twice as long after each failure.
    /// - Returns: false.
    private func backOff(_ asked: Duration?, _ reason: String) -> Bool {
        let doubled = options.firstPause * (1 << min(failures, 16))
        let pause = asked ?? min(doubled, options.longestPause) * (0.5 + options.jitter() / 2)
        notBefore = options.now() + pause
        failures += 1
        if failures == 1 { log(reason) }
        return false
    }

    private func log(_ reason: String) {
        logger.warning("telemetry not sent", metadata: ["error": "\(reason)", "dropped": "\(queue.dropped)"])
    }
}
