import ArgumentParser
import Commands
import Composition
import Foundation
import RecEngine
import RecPipeline
import Shop

/// From lists in memory to an attached partition with its primary key.
struct BulkLoadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bulk-load",
        abstract: "Load lists into a fresh generation, as a batch does, then drop it again."
    )

    @Option(help: "Lists to load.")
    var users = 200_000

    @Option(help: "Items a list.")
    var list = 20

    @Option(help: "Lists a chunk; each chunk is one transaction.")
    var chunk = 10_000

    @Option(help: ArgumentHelp("Also write the same rows in COPY's text format.", valueName: "FILE"))
    var text: String?

    func run() async throws {
        let environment = try CommandEnvironment.load(.database)
        let lists = Self.lists(users: users, items: list)
        try await environment.withServices { services in
            let batch = services.batchDatabase
            let jobs = BatchJobRepository(database: batch)
            let generations = GenerationRepository(database: batch)
            guard
                case .granted(let job, let lease) = try await jobs.acquire(
                    owner: "bench",
                    leaseDuration: .seconds(600),
                    newJob: .cli
                )
            else { throw ValidationError("a batch is running on this database; use one made for benchmarks") }
            let record = ModelRecord(
                version: "bench-\(job.jobID)",
                algorithm: "none",
                parametersJSON: "{}",
                metricsJSON: "{}",
                artifactPath: "none",
                sha256: "",
                dataCut: 0
            )
            try await ModelRepository(database: batch).insert(record)
            let chunks = stride(from: 0, to: users, by: chunk).enumerated().map { number, first in
                BatchChunk(
                    number: Int32(number),
                    firstUser: Int32(first),
                    userCount: Int32(min(chunk, users - first))
                )
            }
            let start = ContinuousClock.now
            let generation = try await generations.open(
                lease,
                variant: .default,
                modelVersion: record.version,
                dataCut: 0,
                chunks: chunks,
                planJSON: "{}"
            )
            let stamp = CacheStamp(
                generation: generation,
                dataCut: 0,
                modelVersion: record.version,
                generatedAt: Date()
            )
            let repository = ChunkRepository(database: batch)
            while let claim = try await repository.claim(
                jobID: job.jobID,
                owner: "bench",
                users: [],
                leaseDuration: .seconds(600)
            ) {
                let result = ChunkResult(
                    chunk: claim.chunk,
                    listCount: claim.chunk.users.count,
                    filled: 0,
                    empty: 0,
                    digests: [Int64](repeating: 1, count: 2 * claim.chunk.users.count),
                    listed: []
                )
                try await repository.load(claim, Self.rows(of: claim.chunk, lists), result, stamp)
            }
            let loaded = ContinuousClock.now
            try await generations.seal(generation, lease)
            let sealed = ContinuousClock.now
            if let text { try Self.write(lists, stamp, to: text) }
            try await jobs.finish(lease, status: .failed, error: "benchmark")
            _ = try await generations.dropExpired(retaining: 0)
            let total = (sealed - start) / .seconds(1)
            print(
                """
                {"rows": \(users), "items": \(list), "seconds": \(total), "load_seconds": \((loaded - start) / .seconds(1)), \
                "seal_seconds": \((sealed - loaded) / .seconds(1)), "rows_per_second": \(Double(users) / total), \
                "peak_rss_mb": \(ProcessMemory.peakMB ?? 0)}
                """
            )
        }
    }

    private static func lists(users: Int, items: Int) -> [StoredList] {
        var generator = SeededGenerator(seed: 1)
        return (0..<users).map { _ in
            var list = StoredList()
            for item in 0..<items {
                list.append(
                    Int64.random(in: 1...20_000, using: &generator),
                    score: Float.random(in: 0.5...1, using: &generator) / Float(item + 1),
                    evidence: (
                        Int64.random(in: 1...20_000, using: &generator), Float.random(in: 0...1, using: &generator),
                        Int64.random(in: 1_600_000_000...1_800_000_000, using: &generator)
                    )
                )
            }
            return list
        }
    }

    private static func rows(of chunk: BatchChunk, _ lists: [StoredList]) -> [CacheRow] {
        (Int(chunk.firstUser)..<Int(chunk.firstUser + chunk.userCount)).map { user in
            CacheRow(userKey: Int64(user + 1), list: .discover, payload: lists[user].jsonBytes())
        }
    }

    /// The columns that the loader writes, tab-separated; none of the values needs escaping.
    private static func write(_ lists: [StoredList], _ stamp: CacheStamp, to path: String) throws {
        guard FileManager.default.createFile(atPath: path, contents: nil),
            let file = FileHandle(forWritingAtPath: path)
        else { throw ValidationError("cannot write \(path)") }
        defer { try? file.close() }
        var buffer: [UInt8] = []
        for (user, list) in lists.enumerated() {
            buffer += Array("\(stamp.generation)\t\(user + 1)\tdiscover\t".utf8)
            buffer += list.jsonBytes()
            let tail = "\t\(stamp.generatedAt.formatted(.iso8601))\t\(stamp.dataCut)\t\(stamp.modelVersion)\n"
            buffer += Array(tail.utf8)
            if buffer.count > 1 << 20 {
                try file.write(contentsOf: buffer)
                buffer.removeAll(keepingCapacity: true)
            }
        }
        try file.write(contentsOf: buffer)
    }
}
