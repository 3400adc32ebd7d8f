import HTTPTypes
import Logging
import Postgres
import RecPipeline
import Shop
import ShopTestSupport
import Synchronization
import TestSupport
import Testing
import TextFormats

@testable import Composition
@testable import FunctionHandler

/// The real server under traffic while models come and go.
@Suite struct HotReloadTests {
    /// What came back, counted.
    private final class Tally: Sendable {
        struct Counts: Sendable {
            var answers = 0
            var failures: [String] = []
            var byModel: [String: Int] = [:]
            var bySource: [String: Int] = [:]
        }
        private let counts = Mutex(Counts())

        var now: Counts { counts.withLock { $0 } }

        func add(_ text: String) {
            let parts = text.split(separator: "\r\n\r\n", maxSplits: 1)
            let body = parts.count == 2 ? try? JSONParser.parse(Array(parts[1].utf8)) : nil
            counts.withLock { counts in
                counts.answers += 1
                guard text.hasPrefix("HTTP/1.1 200 "), let model = body?["model_version"]?.string,
                    let source = body?["source"]?.string, body?.items.isEmpty == false
                else {
                    counts.failures.append(String(text.prefix(400)))
                    return
                }
                counts.byModel[model, default: 0] += 1
                counts.bySource[source, default: 0] += 1
            }
        }

        func fail(_ error: any Error) {
            counts.withLock { counts in
                counts.answers += 1
                counts.failures.append("\(error)")
            }
        }
    }

    /// One request on a connection of its own.
    private static func get(_ path: String, port: Int) async throws -> String {
        let request = "GET \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
        return try await LiveServer.exchange([request], port: port, halfClose: false)
    }

    /// Fifty requests a second, whatever becomes of those before, until cancelled; then waits for all of them.
    private static func traffic(port: Int, _ tally: Tally) async {
        await withDiscardingTaskGroup { group in
            var number = 0
            while !Task.isCancelled {
                let path = "/api/recommendations/U-\(number % 12)?limit=5"
                group.addTask {
                    do {
                        // Not to be cancelled with the traffic: what was sent is to be answered.
                        tally.add(try await Task { try await Self.get(path, port: port) }.value)
                    } catch {
                        tally.fail(error)
                    }
                }
                number += 1
                try? await Task.sleep(for: .milliseconds(20))
            }
        }
    }

    @Test(
        "while models change under fifty requests a second, every list computed on demand is answered, by a model that was live"
    )
    func underLoad() async throws {
        // No stored list is ever new enough: each request needs the model.
        try await ApiShop.with({ $0.cacheTTL = 0 }) { shop in
            var pointers: [LivePointer] = []
            for _ in 0..<2 {
                guard case .completed(_, let generation, let version, _) = try await shop.services.batch.run(.manual)
                else {
                    throw ConditionNotMet(what: "batch", limit: .zero)
                }
                pointers.append(LivePointer(variant: .default, generation: generation, modelVersion: version))
            }
            let tally = Tally()
            var versions = Set(pointers.map(\.modelVersion))
            try await LiveServer.with(shop.calls.responder) { port in
                let traffic = Task { await Self.traffic(port: port, tally) }
                /// Until the model that went live has answered, and often.
                func answered(by version: String) async throws {
                    let before = tally.now.byModel[version] ?? 0
                    try await eventually("answers by \(version)") { (tally.now.byModel[version] ?? 0) >= before + 25 }
                }
                do {
                    try await answered(by: pointers[1].modelVersion)
                    for round in 0..<6 {
                        let pointer = pointers[round % 2]
                        if round < 3 {
                            // By another process: this one finds out by its next request.
                            _ = try await shop.fixture.generations.activate(pointer.generation)
                        } else {
                            let path = "/models/\(pointer.modelVersion)/activate"
                            let answer = try await shop.calls(.post, path, headers: ApiShop.admin)
                            #expect(answer.status == 200)
                        }
                        try await answered(by: pointer.modelVersion)
                    }
                    guard case .completed(_, _, let version, _) = try await shop.services.batch.run(.manual) else {
                        throw ConditionNotMet(what: "batch under load", limit: .zero)
                    }
                    versions.insert(version)
                    try await answered(by: version)
                    traffic.cancel()
                    await traffic.value
                } catch {
                    traffic.cancel()
                    await traffic.value
                    throw error
                }
            }
            let counts = tally.now
            print("hot reload: \(counts.answers) answers, by model \(counts.byModel), by source \(counts.bySource)")
            #expect(counts.failures == [])
            #expect(counts.answers >= 8 * 25)
            #expect(Set(counts.byModel.keys) == versions)
            #expect(counts.bySource == ["computed": counts.answers])
        }
    }
}
