import Foundation
import HTTPTypes
import Shop
import Synchronization
import TestSupport
import Testing
import TextFormats

@testable import FunctionHandler

@Suite struct MetricsApiTests {
    @Test("quantiles are within 7 % of the durations, and histograms add up")
    func histogram() {
        var one = LatencyHistogram()
        var other = LatencyHistogram()
        for value in 1...1_000 {
            value.isMultiple(of: 2) ? one.record(microseconds: Int64(value)) : other.record(microseconds: Int64(value))
        }
        one.add(LatencyHistogram(text: other.text))
        #expect(one.count == 1_000)
        for (share, expected) in [(0.5, 500.0), (0.95, 950), (0.99, 990)] {
            let found = one.quantile(share) ?? 0
            #expect(found >= expected && found <= expected * 1.07, "\(share): \(found)")
        }
        #expect(LatencyHistogram().quantile(0.5) == nil)
        #expect(LatencyHistogram(text: "nonsense,1:x,-3:4,5:-1").count == 0)
        var extreme = LatencyHistogram()
        for value in [0, 15, 16, 17, 1 << 40, Int64.max] as [Int64] { extreme.record(microseconds: value) }
        #expect(extreme.count == 6)
    }

    @Test("what a process served is stored by the minute and shown over time, with where lists came from")
    func timeseries() async throws {
        try await ApiShop.with { shop in
            let tick = #"{"Data":{"tick":{"Schedule":{},"ScheduleStatus":null,"IsPastDue":false}},"Metadata":{}}"#
            try #require(try await shop.calls(.post, "/GenerateRecommendations", body: tick).status == 200)
            for user in ["U-1", "U-2", "U-3"] { _ = try await shop.calls(.get, "/recommendations/\(user)?limit=5") }
            _ = try await shop.calls(.get, "/recommendations/nobody")
            for _ in 1...2 { await shop.metricsWriter.write() }
            let path = "/metrics/timeseries?minutes=5&route=getRecommendations"
            let steps = try await shop.calls(.get, path, headers: ApiShop.admin).json().items
            #expect(steps.compactMap { $0["requests"]?.integer }.reduce(0, +) == 4)
            let busy = try #require(steps.first { $0["requests"]?.integer ?? 0 > 0 })
            #expect(busy["hit_rate"]?.double ?? 0 > 0)
            #expect(busy["sources"]?["cache"]?.integer ?? 0 > 0)
            #expect(busy["p50_ms"]?.double ?? 0 > 0)
        }
    }

    @Test(
        "counts that come while a minute is stored are stored with the next writing, and an hour without a database is the limit"
    )
    func minuteEnds() {
        let time = Mutex(Date(timeIntervalSince1970: 6_000))
        let metrics = RequestMetrics(now: { time.withLock(\.self) })
        func record() { metrics.record(route: "r", status: 200, source: "", duration: .milliseconds(1)) }
        func pass(_ seconds: Double) { time.withLock { $0 += seconds } }
        record()
        let first = metrics.minutes()
        #expect(first.counts.map(\.latencies.count) == [1] && first.ended.isEmpty)
        // One more in the same minute, which ends before what was read is stored.
        record()
        pass(60)
        metrics.drop(first.ended)
        let second = metrics.minutes()
        #expect(second.counts.map(\.latencies.count) == [2] && second.ended == [100])
        metrics.drop(second.ended)
        #expect(metrics.minutes().counts.isEmpty)
        for _ in 0..<100 {
            record()
            pass(60)
        }
        #expect(metrics.minutes().counts.count == 60)
        #expect(metrics.totals.values.map(\.latencies.count) == [102])
    }

    @Test("the text for Prometheus follows its grammar, and its histograms add up")
    func prometheus() async throws {
        try await ApiShop.with { shop in
            for _ in 1...3 { _ = try await shop.calls(.get, "/products") }
            let text = try await shop.calls(.get, "/api/metrics", headers: ApiShop.admin).text
            let sample =
                /[a-zA-Z_:][a-zA-Z0-9_:]*(\{([a-zA-Z_][a-zA-Z0-9_]*="([^"\\\n]|\\.)*",?)*\})? (-?[0-9.]+(e[+-]?[0-9]+)?|\+Inf|NaN)/
            #expect(text.hasSuffix("\n"))
            var typed: Set<String> = []
            for line in text.split(separator: "\n") {
                if line.hasPrefix("# TYPE ") {
                    #expect(typed.insert(String(line.split(separator: " ")[2])).inserted)
                } else if !line.hasPrefix("# HELP ") {
                    #expect(line.wholeMatch(of: sample) != nil, "\(line)")
                }
            }
            #expect(text.contains(#"shop_requests_total{route="listProducts",status="200",source=""} 3"#))
            let buckets = text.split(separator: "\n").filter {
                $0.hasPrefix("shop_request_duration_seconds_bucket{route=\"listProducts\"")
            }.compactMap { $0.split(separator: " ").last.flatMap { Int($0) } }
            #expect(buckets == buckets.sorted() && buckets.last == 3)
        }
    }
}
