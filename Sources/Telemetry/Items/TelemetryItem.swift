import TextFormats

/// One thing that is told, until it is sent.
struct TelemetryItem: Sendable {
    enum Content: Sendable {
        case event(EventName)
        case metric(MetricName, Double)
        case request(id: String, name: String, duration: Duration, status: Int)
        case dependency(id: String, type: String, target: String, name: String, duration: Duration, isSuccess: Bool)
    }

    var content: Content
    var properties: [Dimension: String]
    /// Microseconds since 1970.
    var time: Int64
    var operationID: String?
    var parentID: String?
    /// Which share of such items is sent.
    var samplePercent = 100.0
}

/// Where items come from, as all of them say it.
package struct TelemetrySource: Sendable, Equatable {
    /// Names the function app and ends in `-handler`, so that the host's own requests, which count the same calls, can be told
    /// from ours.
    package var role: String
    /// Host and process.
    package var instance: String
    /// The build's commit.
    package var version: String

    package init(role: String, instance: String, version: String) {
        (self.role, self.instance, self.version) = (role, instance, version)
    }
}

/// Writes items as the ingestion endpoint reads them: an array of envelopes, schema 2.
struct TelemetryWriter {
    var instrumentationKey: String
    var source: TelemetrySource

    /// Characters of one value; the endpoint cuts at 8,192, and refuses items of more than 64 KiB.
    private static let valueLimit = 1_024

    func bytes(of items: [TelemetryItem]) -> [UInt8] {
        var writer = JSONWriter(reserving: 700 * items.count)
        writer.array { writer in for item in items { write(item, &writer) } }
        return writer.finish()
    }

    private func write(_ item: TelemetryItem, _ writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("ver", 1)
            writer.member("name", "Microsoft.ApplicationInsights.\(item.kind)")
            writer.member("time", Timestamp.text(unixMicroseconds: item.time))
            writer.member("sampleRate", item.samplePercent)
            writer.member("iKey", instrumentationKey)
            writer.key("tags")
            writer.object { writer in
                writer.member("ai.cloud.role", source.role)
                writer.member("ai.cloud.roleInstance", source.instance)
                writer.member("ai.application.ver", source.version)
                writer.member("ai.internal.sdkVersion", "swift:recommender-shop")
                if let id = item.operationID { writer.member("ai.operation.id", id) }
                if let id = item.parentID { writer.member("ai.operation.parentId", id) }
                if case .request(_, let name, _, _) = item.content { writer.member("ai.operation.name", name) }
            }
            writer.key("data")
            writer.object { writer in
                writer.member("baseType", "\(item.kind)Data")
                writer.key("baseData")
                writer.object { writer in
                    writer.member("ver", 2)
                    content(item.content, &writer)
                    writer.key("properties")
                    writer.object { writer in
                        for (dimension, value) in item.properties.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
                            writer.key(dynamic: dimension.rawValue)
                            writer.value(String(value.prefix(Self.valueLimit)))
                        }
                    }
                }
            }
        }
    }

    private func content(_ content: TelemetryItem.Content, _ writer: inout JSONWriter) {
        switch content {
        case .event(let name):
            writer.member("name", name.rawValue)
        case .metric(let name, let value):
            writer.key("metrics")
            writer.array { writer in
                writer.object { writer in
                    writer.member("name", name.rawValue)
                    writer.member("value", value)
                    writer.member("count", 1)
                }
            }
        case .request(let id, let name, let duration, let status):
            writer.member("id", id)
            writer.member("name", name)
            writer.member("duration", Self.text(duration))
            writer.key("success")
            writer.value(status < 400)
            writer.member("responseCode", String(status))
        case .dependency(let id, let type, let target, let name, let duration, let isSuccess):
            writer.member("id", id)
            writer.member("name", name)
            writer.member("type", type)
            writer.member("target", target)
            writer.member("duration", Self.text(duration))
            writer.key("success")
            writer.value(isSuccess)
        }
    }

    /// A .NET time span, `d.hh:mm:ss.fffffff`.
    static func text(_ duration: Duration) -> String {
        let (seconds, attoseconds) = max(.zero, duration).components
        let minutes = seconds / 60
        let clock =
            "\((minutes / 60 % 24).padded(to: 2)):\((minutes % 60).padded(to: 2)):\((seconds % 60).padded(to: 2))"
        return "\(minutes / 1_440).\(clock).\((attoseconds / 100_000_000_000).padded(to: 7))"
    }
}

extension TelemetryItem {
    fileprivate var kind: String {
        switch content {
        case .event: "Event"
        case .metric: "Metric"
        case .request: "Request"
        case .dependency: "RemoteDependency"
        }
    }
}
