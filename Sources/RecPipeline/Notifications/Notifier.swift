package import AzureBlob
import FoundationEssentials
package import Logging
package import Shop
import TextFormats

/// Where messages go, and by what their receiver knows that they are ours.
package struct NotificationReceiver: Sendable, Equatable {
    /// May hold a secret of the receiver in its path or query: never logged.
    package var url: String
    /// Key of the signatures; without one messages are not signed.
    package var secret: String?
    /// The name of the function app.
    package var source: String

    package init(url: String, secret: String?, source: String) {
        (self.url, self.secret, self.source) = (url, secret, source)
    }
}

/// Tells people by a webhook how full runs ended and when lists have become old.
///
/// At least once: a message that was sent by a process that died before it could say so is sent again, with the same `id`.
package struct Notifier: Sendable {
    private let notifications: NotificationRepository
    private let jobs: BatchJobRepository
    private let receiver: NotificationReceiver
    private let transport: CurlTransport
    /// Seconds after which lists are old.
    private let maximumAge: Int
    private let redact: @Sendable (String) -> String
    private let logger: Logger

    /// Longer than an attempt can take.
    private static let claim: Duration = .seconds(60)
    private static let firstPause: Duration = .seconds(5)
    private static let longestPause: Duration = .seconds(3_600)

    package init(
        notifications: NotificationRepository,
        jobs: BatchJobRepository,
        receiver: NotificationReceiver,
        transport: CurlTransport,
        maximumAge: Int,
        redact: @escaping @Sendable (String) -> String,
        logger: Logger
    ) {
        self.notifications = notifications
        self.jobs = jobs
        self.receiver = receiver
        self.transport = transport
        self.maximumAge = maximumAge
        self.redact = redact
        self.logger = logger
    }

    /// Sends each message that is due, once; what fails is due again after a pause, and the next call sends it.
    package func sendDue() async throws {
        var hasSent = false
        while let due = try await notifications.claim(maximumAge: maximumAge, for: Self.claim) {
            try await send(due)
            hasSent = true
        }
        if hasSent { try await notifications.removeOld() }
    }

    private func send(_ due: DueNotification) async throws {
        guard let message = try await message(due) else { return try await notifications.sent(due.id) }
        let failure: (reason: String, pause: Duration?)
        do {
            let response = try await transport.send(
                request(message, time: Int64(Date().timeIntervalSince1970))
            )
            guard !(200...299).contains(response.status) else { return try await notifications.sent(due.id) }
            failure = ("the receiver answered \(response.status)", pause(after: response, due.attempt))
        } catch let error as TransportError {
            // Its message can name the address, which may be a secret.
            failure = ("no answer from the receiver (\(error.kind))", Self.pause(after: due.attempt))
        }
        let isLast = failure.pause == nil || due.attempt >= NotificationRepository.attemptLimit
        try await notifications.failed(due.id, error: failure.reason, pause: isLast ? nil : failure.pause)
        logger.warning(
            isLast ? "notification given up" : "notification not taken; it is sent again",
            metadata: [
                "notification": "\(due.id)", "error": "\(failure.reason)", "attempt": "\(due.attempt)",
            ]
        )
    }

    private func message(_ due: DueNotification) async throws -> NotificationMessage? {
        switch due.subject {
        case .job(let jobID):
            try await jobs.find(jobID).flatMap { NotificationMessage($0, id: due.id, redact: redact) }
        case .staleLists(let generation, let since):
            NotificationMessage(staleSince: since, generation: generation, id: due.id, now: Date())
        }
    }

    /// The signature covers the time too, so that a receiver can refuse what somebody recorded and sends again later.
    private func request(_ message: NotificationMessage, time: Int64) -> HTTPRequest {
        let body = message.body(source: receiver.source)
        var headers: HTTPHeaders = [
            "Content-Type": "application/json", "User-Agent": "recommender-shop", "X-Shop-Notification": message.id,
            "X-Shop-Timestamp": String(time),
        ]
        if let secret = receiver.secret {
            let code = SHA256.authenticationCode(of: Array("\(time).".utf8) + body, key: Array(secret.utf8))
            headers["X-Shop-Signature"] = "v1=" + code.map { $0.padded(to: 2, radix: 16) }.joined()
        }
        var request = HTTPRequest("POST", receiver.url, headers: headers, body: body)
        request.connectTimeout = .seconds(5)
        request.totalTimeout = .seconds(10)
        request.responseLimit = 64 << 10
        return request
    }

    /// Nil for an answer that will not change.
    private func pause(after response: HTTPResponse, _ attempt: Int) -> Duration? {
        guard [408, 425, 429].contains(response.status) || response.status >= 500 else { return nil }
        let asked = response.headers["Retry-After"].flatMap(Int64.init).map { Duration.seconds(max(0, $0)) }
        return asked.map { min($0, Self.longestPause) } ?? Self.pause(after: attempt)
    }

    private static func pause(after attempt: Int) -> Duration {
        min(longestPause, firstPause * (1 << min(max(0, attempt - 1), 16)))
    }
}
