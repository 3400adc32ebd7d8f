package import FoundationEssentials
package import Shop

/// How lists were served before an experiment was started, and since: what must not get worse for everybody meanwhile.
package struct ServingChange: Sendable {
    private struct Part {
        var latencies = LatencyHistogram()
        var failures: Int64 = 0

        /// Answers of 500 and above, over all.
        var failureShare: Double { latencies.count > 0 ? Double(failures) / Double(latencies.count) : 0 }
    }

    /// How much of the time before and since is compared; serving minutes are kept for thirty-two days.
    package static let days = 7.0
    /// Fewer requests than these say nothing.
    private static let fewestRequests = 200

    private var before = Part()
    private var since = Part()

    /// - Parameter minutes: of the route that answers lists, from ``days`` before the start on.
    package init(_ minutes: [ServingMinute], startedAt: Date) {
        for minute in minutes {
            let isFailure = minute.key.status >= 500
            if minute.minute < startedAt {
                before.latencies.add(minute.latencies)
                if isFailure { before.failures += minute.latencies.count }
            } else {
                since.latencies.add(minute.latencies)
                if isFailure { since.failures += minute.latencies.count }
            }
        }
    }

    /// Latency is kept while the 95th percentile has not grown by half; errors, while their share has not grown by a thousandth.
    var guardrails: [ExperimentResults.Guardrail] {
        guard before.latencies.count >= Self.fewestRequests, since.latencies.count >= Self.fewestRequests,
            let earlier = before.latencies.quantile(0.95), let later = since.latencies.quantile(0.95)
        else {
            return [
                .init(
                    name: "latency",
                    isKept: nil,
                    words: "Too few lists were served before the start or since to compare how fast they are."
                )
            ]
        }
        func milliseconds(_ microseconds: Double) -> String { "\(Int((microseconds / 1_000).rounded(.up))) ms" }
        func share(_ part: Part) -> String { "\(Double(Int((part.failureShare * 10_000).rounded())) / 100) %" }
        return [
            .init(
                name: "latency",
                isKept: later <= 1.5 * earlier,
                words:
                    "19 of 20 lists were served within \(milliseconds(later)); before the start, within \(milliseconds(earlier))."
            ),
            .init(
                name: "failed requests",
                isKept: since.failureShare <= before.failureShare + 0.001,
                words: "\(share(since)) of the requests for lists failed; before the start, \(share(before))."
            ),
        ]
    }
}
