import AzureBlob
import Foundation
import IngestionTestSupport
import Logging
import Postgres
import Shop
import ShopTestSupport
import TestSupport
import Testing
import TextFormats

@testable import RecPipeline

@Suite("Notifications", .serialized)
struct NotifierTests {
    private static let secret = "a-secret-of-sixteen"

    private static func notifier(
        _ shop: ShopFixture,
        _ url: String,
        _ transport: CurlTransport,
        maximumAge: Int = 86_400
    ) -> Notifier {
        Notifier(
            notifications: NotificationRepository(database: shop.client),
            jobs: shop.jobs,
            receiver: NotificationReceiver(url: url + "/hook", secret: secret, source: "shop"),
            transport: transport,
            maximumAge: maximumAge,
            redact: { $0.replacing("hunter2", with: "[redacted]") },
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    /// A shop with lists, whose batch nobody has been told of.
    private static func with(
        _ answer: @escaping @Sendable (HTTPDouble.Received, Int) -> HTTPDouble.Reply = { _, _ in .status(200) },
        _ body: (ShopFixture, HTTPDouble, CurlTransport) async throws -> Void
    ) async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            try await shop.generateLists()
            let transport = CurlTransport()
            defer { transport.shutdown() }
            try await HTTPDouble.with(answer) { receiver in try await body(shop, receiver, transport) }
        }
    }

    /// As if the pause after a failure, or a claim, had passed.
    private static func passPause(_ shop: ShopFixture) async throws {
        _ = try await shop.client.execute("UPDATE notifications SET not_before = clock_timestamp()")
    }

    private func message(_ received: HTTPDouble.Received) throws -> JSONValue { try JSONParser.parse(received.body) }

    @Test("a completed run is told once, signed, in words and as members")
    func completed() async throws {
        try await Self.with { shop, receiver, transport in
            let notifier = Self.notifier(shop, receiver.url, transport)
            try await notifier.sendDue()
            try await notifier.sendDue()
            let received = try #require(receiver.received.first)
            #expect(receiver.received.count == 1)
            #expect(received.path == "/hook")
            let message = try message(received)
            let job = try #require(try await shop.jobs.list(page: 1, pageSize: 1, status: .completed).items.first)
            #expect(message["id"]?.string == job.jobID)
            #expect(received.headers["x-shop-notification"] == job.jobID)
            #expect(message["event"]?.string == "batch.completed")
            #expect(message["text"]?.string?.contains("made the lists of 60 customers") == true)
            #expect(message["source"]?.string == "shop")
            #expect(message["job"]?["model_version"]?.string == job.modelVersion)
            #expect(message["job"]?["users"]?.integer == 60)
            let time = try #require(received.headers["x-shop-timestamp"])
            let code = SHA256.authenticationCode(
                of: Array("\(time).".utf8) + received.body,
                key: Array(Self.secret.utf8)
            )
            let digits = code.map { $0.padded(to: 2, radix: 16) }.joined()
            #expect(received.headers["x-shop-signature"] == "v1=" + digits)
        }
    }

    @Test("after a 500 the message is sent again, not before its pause has passed, with the same id")
    func failingReceiver() async throws {
        try await Self.with({ _, number in .status(number == 1 ? 500 : 200) }) { shop, receiver, transport in
            let notifier = Self.notifier(shop, receiver.url, transport)
            try await notifier.sendDue()
            try await notifier.sendDue()
            #expect(receiver.received.count == 1)
            try await Self.passPause(shop)
            try await notifier.sendDue()
            try await Self.passPause(shop)
            try await notifier.sendDue()
            #expect(receiver.received.count == 2)
            #expect(Set(receiver.received.compactMap { $0.headers["x-shop-notification"] }).count == 1)
        }
    }

    @Test("a receiver that is not there fails nothing, and is given up after the last attempt")
    func receiverDown() async throws {
        try await Self.with { shop, _, transport in
            let port = try await HTTPDouble.with { $0.port }
            let notifier = Self.notifier(shop, "http://127.0.0.1:\(port)", transport)
            for _ in 0..<NotificationRepository.attemptLimit + 2 {
                try await notifier.sendDue()
                try await Self.passPause(shop)
            }
            let row = try await shop.client.query("SELECT attempts, sent_at IS NULL, last_error FROM notifications")[0]
            #expect(try row.decode(Int32.self, at: 0) == Int32(NotificationRepository.attemptLimit))
            #expect(try row.decode(Bool.self, at: 1))
            #expect(try row.decode(String.self, at: 2) == "no answer from the receiver (connect)")
            // Jobs go on as before.
            try await shop.generateLists()
        }
    }

    @Test("an answer that will not change is not asked for again")
    func refused() async throws {
        try await Self.with({ _, _ in .status(404) }) { shop, receiver, transport in
            let notifier = Self.notifier(shop, receiver.url, transport)
            try await notifier.sendDue()
            try await Self.passPause(shop)
            try await notifier.sendDue()
            #expect(receiver.received.count == 1)
        }
    }

    @Test("while a receiver holds its answer runs complete; a sender that dies then leaves the message to another")
    func slowReceiver() async throws {
        try await Self.with({ _, number in number == 1 ? .hold : .status(200) }) { shop, receiver, transport in
            let sending = Task { try await Self.notifier(shop, receiver.url, transport).sendDue() }
            try await eventually { receiver.held == 1 }
            let second = Self.notifier(shop, receiver.url, transport)
            try await second.sendDue()
            #expect(receiver.received.count == 1, "it is claimed")
            try await shop.generateLists()
            #expect(receiver.held == 1)
            sending.cancel()
            _ = await sending.result
            // What its process had claimed is free when the claim ends; it had not said that the message was taken.
            try await Self.passPause(shop)
            try await second.sendDue()
            let ids = receiver.received.compactMap { $0.headers["x-shop-notification"] }
            #expect(ids.count == 3)
            #expect(Set(ids).count == 2)
            #expect(ids.filter { $0 == ids[0] }.count == 2)
        }
    }

    @Test(
        "a failed run and a rejected one are told with their reasons, without secrets; refreshes and cancelled jobs are not"
    )
    func failed() async throws {
        try await Self.with { shop, receiver, transport in
            _ = try await shop.client.execute("DELETE FROM batch_jobs WHERE generation IS NULL")
            _ = try await shop.client.execute(
                """
                INSERT INTO batch_jobs (job_id, job_type, trigger, status, started_at, completed_at, error_message, rejected)
                VALUES ('f', 'full', 'timer', 'failed', now(), now() + interval '1 microsecond', 'password hunter2', false),
                    ('r', 'full', 'timer', 'failed', now(), now() + interval '2 microseconds', 'worse than popular', true),
                    ('i', 'incremental', 'timer', 'failed', now(), now(), 'x', false),
                    ('c', 'full', 'timer', 'cancelled', now(), now(), 'x', false),
                    ('o', 'full', 'timer', 'failed', now(), now() - interval '2 days', 'x', false)
                """
            )
            try await Self.notifier(shop, receiver.url, transport).sendDue()
            let messages = try receiver.received.map(message).filter { $0["event"]?.string != "batch.completed" }
            #expect(messages.compactMap { $0["id"]?.string } == ["f", "r"])
            #expect(messages.compactMap { $0["event"]?.string } == ["batch.failed", "batch.rejected"])
            #expect(messages[0]["text"]?.string?.contains("password [redacted]") == true)
            #expect(messages[1]["text"]?.string?.contains("worse than popular") == true)
        }
    }

    @Test("lists that have become old are told once, and again when newer ones are old")
    func stale() async throws {
        try await Self.with { shop, receiver, transport in
            let notifier = Self.notifier(shop, receiver.url, transport, maximumAge: 3_600)
            func age() async throws {
                _ = try await shop.client.execute("UPDATE generations SET created_at = now() - interval '2 hours'")
            }
            try await notifier.sendDue()
            #expect(receiver.received.count == 1)
            try await age()
            try await notifier.sendDue()
            try await notifier.sendDue()
            try await shop.generateLists()
            try await age()
            try await notifier.sendDue()
            let messages = try receiver.received.map(message)
            let events = messages.compactMap { $0["event"]?.string }
            #expect(events.filter { $0 == "lists.stale" }.count == 2)
            #expect(events.filter { $0 == "batch.completed" }.count == 2)
            #expect(Set(messages.compactMap { $0["id"]?.string }).count == 4)
            #expect(messages.contains { $0["text"]?.string?.contains("2 h ago") == true })
        }
    }

    @Test(
        "a job whose lists are refused is rejected in its row, its report and what is observed; another failure is not"
    )
    func rejection() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            let events = EventLog()
            var services = shop.batchServices()
            services.observer = { events.append($0) }
            // More than a twentieth of the customers would have an empty list: nothing may be listed.
            try await shop.configure { $0.ranking.excludedCategories = ["Group 0", "Group 1", "Group 2"] }
            var options = BatchOptions()
            options.chunkSize = 10
            let report = try await BatchRunner(services: services, options: options, logger: shop.logger).run(.cli)
            guard case .failed(let jobID, _, let isRejection) = report else {
                Issue.record("\(report.summary)")
                return
            }
            #expect(isRejection)
            #expect(try await shop.jobs.find(jobID)?.isRejected == true)
            guard case .stopped(_, .failed(_, _, true)) = events.all.last, case .started = events.all.first else {
                Issue.record("\(events.all)")
                return
            }
        }
    }
}
