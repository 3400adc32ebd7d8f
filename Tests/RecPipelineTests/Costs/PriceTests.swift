import Foundation
import RecPipeline
import Testing
import TextFormats

@testable import Shop

@Suite("Prices and what is counted by them")
struct PriceTests {
    private static let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("infra/prices.json")

    @Test("infra/prices.json and the program have the same prices, names, units, sources and date")
    func oneTable() throws {
        let file = try JSONParser.parse([UInt8](Data(contentsOf: Self.file)))
        #expect(file["currency"]?.string == Price.currency)
        #expect(file["region"]?.string == Price.region)
        #expect(file["date"]?.string == Price.date)
        let lines = try #require(file["prices"]?.array)
        #expect(lines.map { $0["key"]?.string } == Price.defaults.map(\.key.rawValue))
        for (line, price) in zip(lines, Price.defaults) {
            #expect(line["name"]?.string == price.name, "\(price.key)")
            #expect(line["unit"]?.string == price.unit, "\(price.key)")
            #expect(line["price"]?.double == price.price, "\(price.key)")
            #expect(line["source"]?.string == price.source, "\(price.key)")
        }
        #expect(Set(Price.defaults.map(\.key)) == Set(Price.Key.allCases))
        #expect(Set(BilledSize.defaults.map(\.key)) == Set(BilledSize.Key.allCases))
    }

    @Test(
        "a document changes what it names; what it does not name has its default, and what is stored is read back as it was"
    )
    func document() throws {
        let settings = try PriceSettings(
            stored: #"{"prices":{"gb-second":0.5,"database":null},"sizes":{"always-ready":1}}"#
        )
        #expect(settings[.gbSecond] == 0.5)
        #expect(settings[Price.Key.database] == 12.41)
        #expect(settings[.alwaysReady] == 1)
        #expect(try PriceSettings(stored: settings.json()).json() == settings.json())
        #expect(try PriceSettings(stored: settings.json())[.gbSecond] == 0.5)
        #expect(try PriceSettings(stored: nil)[.gbSecond] == 0.000026)
    }

    @Test(
        "what is no price is refused by its pointer",
        arguments: [
            (#"{"prices":{"gb-second":-1}}"#, "/prices/gb-second"),
            (#"{"prices":{"gb-second":"1"}}"#, "/prices/gb-second"),
            (#"{"prices":{"gold":1}}"#, "/prices/gold"), (#"{"sizes":{"log-gb":1e10}}"#, "/sizes/log-gb"),
            (#"{"prices":[]}"#, "/prices"), (#"{"cost":1}"#, "/cost"), ("[]", ""),
        ]
    )
    func refused(json: String, pointer: String) throws {
        let document = try JSONParser.parse(json)
        let problems = #expect(throws: PriceSettings.Problems.self) { try PriceSettings(document) }
        #expect(problems?.all.map(\.pointer) == [pointer])
    }

    private func usage() -> JobUsage {
        var usage = JobUsage()
        usage.seconds = 300
        usage.gbSeconds = 400
        usage.unsizedSeconds = 100
        usage.executions = 3
        usage.databaseSeconds = 730 * 36
        usage.blobReads = 20_000
        usage.blobWrites = 10_000
        return usage
    }

    @Test("a run costs its memory, executions, operations and its share of the database")
    func run() throws {
        let numbers = #"""
            "prices":{"gb-second":0.01,"million-executions":1000000,"database":50,"blob-read-10k":2,"blob-write-10k":5,
            "ready-gb-second":0.001}
            """#
        var cost = RunCost(usage(), try PriceSettings(stored: "{\(numbers)}"))
        // 400 GB-seconds, and 100 s of an instance of assumed 2 GB.
        #expect(abs(cost.memory - 6) < 1e-9)
        #expect(abs(cost.executions - 3) < 1e-9)
        // A hundredth of a month.
        #expect(abs(cost.database - 0.5) < 1e-9)
        #expect(abs(cost.blobs - 9) < 1e-9)
        #expect(abs(cost.total - 18.5) < 1e-9)
        cost = RunCost(usage(), try PriceSettings(stored: "{\(numbers),\"sizes\":{\"always-ready\":1}}"))
        #expect(abs(cost.memory - 0.6) < 1e-9)
    }

    @Test(
        "a month takes the free grants off once, and what is billed by the month is billed for the part that has passed"
    )
    func month() throws {
        let served = ServedUsage(seconds: 100_000, requests: 1_250_000, lists: 10, first: nil)
        let use = MeasuredUse(jobs: usage(), served: served, servingGB: 1)
        let prices = try PriceSettings(stored: #"{"prices":{"gb-second":0.01,"million-executions":2}}"#)
        let half = MonthlyCost(use, share: 0.5, prices)
        func part(_ key: CostPart.Key, _ cost: MonthlyCost) -> CostPart? { cost.parts.first { $0.key == key } }
        // 600 GB-seconds of jobs and 100,000 of serving; 100,000 are free.
        #expect(part(.functionsMemory, half)?.quantity == 100_600)
        #expect(abs((part(.functionsMemory, half)?.cost ?? 0) - 6) < 1e-9)
        #expect(abs((part(.functionsExecutions, half)?.cost ?? 0) - 2.000006) < 1e-9)
        #expect(abs((part(.database, half)?.cost ?? 0) - 6.205) < 1e-9)
        #expect(part(.functionsMemory, half)?.isMeasured == true && part(.database, half)?.isMeasured == false)
        #expect(abs(half.total - half.parts.reduce(0) { $0 + $1.cost }) < 1e-9)
        // A day is a 30.4th of a month of 730 hours; less than an hour counts as one.
        let rate = MonthlyCost.atRate(use, of: 86_400, prices)
        #expect(abs((part(.functionsMemory, rate)?.quantity ?? 0) - 100_600 * 730 / 24) < 1)
        #expect(MonthlyCost.atRate(use, of: 1, prices) == MonthlyCost.atRate(use, of: 3_600, prices))
        let nothing = MeasuredUse(
            jobs: JobUsage(),
            served: ServedUsage(seconds: 0, requests: 0, lists: 0, first: nil),
            servingGB: nil
        )
        let idle = MonthlyCost(nothing, share: 1, try PriceSettings(stored: nil))
        #expect(part(.functionsMemory, idle)?.cost == 0 && part(.functionsExecutions, idle)?.cost == 0)
        // The server with its storage, files, alerts.
        let fixed: Double = 12.41 + 3.68 + 0.02 + 3.3
        #expect(abs(idle.total - fixed) < 1e-9)
    }
}
