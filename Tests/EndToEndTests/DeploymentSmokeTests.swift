import Foundation
import Postgres
import Shop
import TestSupport
import Testing

/// The questions of scripts/azure/smoke.py, which decide whether a deployment stays.
@Suite("The smoke test of a deployment", .serialized, .slot)
struct DeploymentSmokeTests {
    private func smoke(_ shop: RunningShop, _ arguments: [String] = []) throws -> (status: Int32, text: String) {
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("scripts/azure/smoke.py")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", script.path, "http://127.0.0.1:\(shop.port)"] + arguments
        let (key, said) = (Pipe(), Pipe())
        process.standardInput = key
        process.standardOutput = said
        process.standardError = said
        try process.run()
        try key.fileHandleForWriting.write(contentsOf: Data("\(RunningShop.adminKey)\n".utf8))
        try key.fileHandleForWriting.close()
        let text = String(decoding: said.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, text)
    }

    /// A shop whose running handler has seen the products that a command has just added.
    private func withShop(_ body: (RunningShop, PostgresClient) async throws -> Void) async throws {
        try await RunningShop.withSeeded { shop, client in
            try await shop.until("the products are seen") {
                try await shop.get("/api/products?page_size=1").member("total") == "80"
            }
            try await body(shop, client)
        }
    }

    @Test(
        "it runs a batch and sees its lists live; another build than the expected one, or a batch that fails, is told"
    )
    func judgement() async throws {
        try await withShop { shop, client in
            let passed = try smoke(shop)
            #expect(passed.status == 0, "\(passed.text)")
            #expect(passed.text.contains("generation 1 is live"), "\(passed.text)")
            #expect(
                try await RunningShop.number(client, "SELECT count(*) FROM batch_jobs WHERE status = 'completed'") == 1
            )

            let other = try smoke(shop, ["--build", "no-such-build", "--ready-within", "0"])
            #expect(other.status == 1 && other.text.contains("with build no-such-build"), "\(other.text)")

            // No generation can be written any more.
            try await client.execute("ALTER TABLE generations ADD CHECK (generation < 2)")
            let failed = try smoke(shop)
            #expect(failed.status == 1 && failed.text.contains("job-000002 failed"), "\(failed.text)")
        }
    }

    @Test(
        "a program on a schema that a newer one has migrated is ready, makes lists and serves them; it does not migrate"
    )
    func newerSchema() async throws {
        try await withShop { shop, client in
            let newest = Int64(ShopMigrations.all.count) + 1
            try await client.execute(
                """
                INSERT INTO schema_migrations (number, name, checksum) VALUES (\(newest), 'of_a_newer_version', repeat('0', 64))
                """
            )
            let passed = try smoke(shop)
            #expect(passed.status == 0 && passed.text.contains("schema \(newest)"), "\(passed.text)")
            #expect(throws: RunningShop.Failed.self) { try shop.command(["migrate"]) }
        }
    }

    @Test("an empty shop is ready and gets no batch; one without its schema is not ready")
    func withoutData() async throws {
        try await TestDatabase.with(migrations: ShopMigrations.all) { database in
            let shop = try await RunningShop(database: database.uri)
            defer { shop.stop() }
            let empty = try smoke(shop)
            #expect(empty.status == 0 && empty.text.contains("the shop is empty"), "\(empty.text)")
            try await database.client().execute("DELETE FROM schema_migrations WHERE number > 1")
            let old = try smoke(shop, ["--ready-within", "0"])
            #expect(old.status == 1 && old.text.contains("migrations are pending"), "\(old.text)")
        }
    }
}
