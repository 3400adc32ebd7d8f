/// Durations in buckets of about 3 %: sixteen between a power of two and the next, from a microsecond to nineteen hours.
/// Histograms of any processes and minutes can be added.
package struct LatencyHistogram: Sendable, Equatable {
    /// By number of the bucket.
    private var counts: [Int: Int64] = [:]
    package private(set) var count: Int64 = 0

    package init() {}

    package mutating func record(microseconds: Int64) {
        counts[Self.bucket(max(0, microseconds)), default: 0] += 1
        count += 1
    }

    package mutating func add(_ other: LatencyHistogram) {
        for (bucket, count) in other.counts { counts[bucket, default: 0] += count }
        count += other.count
    }

    /// The duration in microseconds that a share of all durations does not exceed; nil without any.
    package func quantile(_ share: Double) -> Double? {
        guard count > 0 else { return nil }
        let wanted = max(1, Int64((share * Double(count)).rounded(.up)))
        var seen: Int64 = 0
        for (bucket, count) in counts.sorted(by: { $0.key < $1.key }) {
            seen += count
            if seen >= wanted { return Double(Self.upperBound(bucket)) }
        }
        return nil
    }

    /// How many durations are at most this long, as far as buckets tell.
    package func count(upTo microseconds: Int64) -> Int64 {
        counts.reduce(0) { $0 + (Self.upperBound($1.key) <= microseconds ? $1.value : 0) }
    }

    /// The last bucket whose durations are all at most this long; -1 when there is none.
    static func lastBucket(upTo microseconds: Int64) -> Int { bucket(microseconds + 1) - 1 }

    private static func bucket(_ value: Int64) -> Int {
        guard value >= 16 else { return Int(value) }
        let exponent = 63 - value.leadingZeroBitCount
        return (exponent - 3) * 16 + Int(value >> (exponent - 4)) - 16
    }

    /// The largest duration of a bucket.
    private static func upperBound(_ bucket: Int) -> Int64 {
        guard bucket >= 16 else { return Int64(bucket) }
        let exponent = bucket / 16 + 3
        return (Int64(bucket % 16 + 17) << (exponent - 4)) - 1
    }

    // MARK: As text

    /// `12:3,40:1`: bucket and count, as it is stored.
    package var text: String {
        counts.sorted { $0.key < $1.key }.map { "\($0.key):\($0.value)" }.joined(separator: ",")
    }

    package init(text: String) {
        for part in text.split(separator: ",") {
            let numbers = part.split(separator: ":").compactMap { Int64($0) }
            guard numbers.count == 2, (0..<1_000).contains(numbers[0]), numbers[1] > 0 else { continue }
            counts[Int(numbers[0]), default: 0] += numbers[1]
            count += numbers[1]
        }
    }
}
