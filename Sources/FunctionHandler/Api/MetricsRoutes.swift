import Composition
import FoundationEssentials
import HTTPTypes
import Shop
import TextFormats

/// What was served, for the dashboard and for Prometheus.
struct MetricsRoutes: Sendable {
    let metrics: RequestMetrics
    let store: ServingMetricsRepository
    var now: @Sendable () -> Date = { Date() }

    var routes: [Route] {
        [
            Route(
                .get,
                "/metrics/timeseries",
                .admin,
                "getTimeseries",
                "Requests, durations and sources over time, of all instances; the last minute may be missing",
                .integer("minutes", "How far back.", default: 180, in: 1...10_080, example: "60"),
                .integer("step", "Minutes of one entry.", default: 1, in: 1...1_440, example: "5"),
                .filter("route", "Only this operation, such as getRecommendations."),
                returning: .json(.list(of: Step.body), "The entries, oldest first."),
                handler: timeseries
            ),
            Route(
                .get,
                "/metrics",
                .admin,
                "getMetrics",
                "Counters of this process since it started, in the text format of Prometheus",
                returning: .response(.init(.ok, "The counters.", .string, mediaType: "text/plain")),
                handler: { _ in prometheus() }
            ),
        ]
    }

    // MARK: Over time

    /// What was served in a few minutes.
    private struct Step: Sendable {
        let start: Date
        var latencies = LatencyHistogram()
        var errors: Int64 = 0
        var sources: [String: Int64] = [:]

        mutating func add(_ minute: ServingMinute) {
            latencies.add(minute.latencies)
            if minute.key.status >= 500 { errors += minute.latencies.count }
            if !minute.key.source.isEmpty { sources[minute.key.source, default: 0] += minute.latencies.count }
        }

        /// The share of lists that came from the cache; nil without lists.
        var hitRate: Double? {
            let lists = sources.values.reduce(0, +)
            return lists > 0 ? Double(sources["cache"] ?? 0) / Double(lists) : nil
        }

        func milliseconds(_ share: Double) -> Double? { latencies.quantile(share).map { $0 / 1_000 } }

        static let body = ObjectBody<Step>("ServingStep") {
            Member("start") { $0.start }
            Member("requests", .count) { $0.latencies.count }
            Member("errors", .count, "Answers of 500 and more.") { $0.errors }
            Member("p50_ms") { $0.milliseconds(0.5) }
            Member("p95_ms") { $0.milliseconds(0.95) }
            Member("p99_ms") { $0.milliseconds(0.99) }
            Member("hit_rate", Schema(.number(0...1)), "Share of lists from the cache.") { $0.hitRate }
            Member("sources", .object([], others: .count), "Lists by where they came from.") { step in
                JSONValue.object(step.sources.mapValues(JSONValue.integer))
            }
        }
    }

    private func timeseries(
        _: RoutedRequest,
        _ minutes: Int,
        _ step: Int,
        _ route: String?
    ) async throws -> ListAnswer<Step> {
        let length = Double(step) * 60
        let end = now().timeIntervalSince1970
        let first = ((end - Double(minutes) * 60) / length).rounded(.down) * length
        let found = try await store.read(since: Date(timeIntervalSince1970: first), route: route)
        let count = Int((end - first) / length) + 1
        var steps = (0..<count).map { Step(start: Date(timeIntervalSince1970: first + Double($0) * length)) }
        for minute in found {
            let number = Int((minute.minute.timeIntervalSince1970 - first) / length)
            if steps.indices.contains(number) { steps[number].add(minute) }
        }
        return ListAnswer(all: steps)
    }

    // MARK: Prometheus

    /// In seconds.
    private static let bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

    /// https://prometheus.io/docs/instrumenting/exposition_formats/
    private func prometheus() -> Response {
        let totals = metrics.totals.sorted {
            ($0.key.route, $0.key.status, $0.key.source) < ($1.key.route, $1.key.status, $1.key.source)
        }
        var text = """
            # HELP shop_build_info The build that runs.
            # TYPE shop_build_info gauge
            shop_build_info{version="\(Self.escaped(Build.version))"} 1
            # HELP shop_start_time_seconds When the process started, in seconds since 1970.
            # TYPE shop_start_time_seconds gauge
            shop_start_time_seconds \(metrics.started.timeIntervalSince1970)
            # HELP shop_requests_total Requests by operation, status and source of a list.
            # TYPE shop_requests_total counter

            """
        for (key, total) in totals { text += "shop_requests_total{\(Self.labels(key))} \(total.latencies.count)\n" }
        text += """
            # HELP shop_request_duration_seconds How long requests took.
            # TYPE shop_request_duration_seconds histogram

            """
        for (key, total) in totals {
            let labels = Self.labels(key)
            for bound in Self.bounds {
                let count = total.latencies.count(upTo: Int64(bound * 1e6))
                text += "shop_request_duration_seconds_bucket{\(labels),le=\"\(bound)\"} \(count)\n"
            }
            text += "shop_request_duration_seconds_bucket{\(labels),le=\"+Inf\"} \(total.latencies.count)\n"
            text += "shop_request_duration_seconds_sum{\(labels)} \(Double(total.microseconds) / 1e6)\n"
            text += "shop_request_duration_seconds_count{\(labels)} \(total.latencies.count)\n"
        }
        return Response(
            status: .ok,
            headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8", .cacheControl: "no-store"],
            body: Array(text.utf8)
        )
    }

    private static func labels(_ key: ServingMinute.Key) -> String {
        "route=\"\(escaped(key.route))\",status=\"\(key.status)\",source=\"\(escaped(key.source))\""
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }
}
