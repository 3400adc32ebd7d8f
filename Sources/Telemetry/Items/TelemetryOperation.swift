import Synchronization
import TextFormats

/// What the items of one request or invocation have in common: the trace that they belong to, as the host knows it.
package final class TelemetryOperation: Sendable {
    /// The operation that the current task works for; nil outside of one, and for one that is not sampled.
    @TaskLocal package static var current: TelemetryOperation?

    /// 32 hexadecimal digits: the trace id of a W3C `traceparent`, else the digits of the host's invocation id, else random.
    package let id: String
    /// The caller's span, when it sent one.
    package let parentID: String?
    /// This request's own span, 16 hexadecimal digits: the parent of what it calls.
    package let spanID: String
    package let invocationID: String?
    private let dependencies = Atomic<Int>(0)

    /// Calls of one operation that are told; a batch makes thousands.
    static let dependencyLimit = 100

    /// - Parameters:
    ///   - traceParent: the header `traceparent`; one that is malformed counts as absent. The host does not always send one.
    ///   - invocationID: the header `X-Azure-Functions-InvocationId`.
    package init(traceParent: String? = nil, invocationID: String? = nil) {
        let trace = traceParent.flatMap(Self.parse)
        let digits = invocationID.map { $0.lowercased().filter { $0 != "-" } }
        id =
            trace?.id ?? digits.flatMap { Self.isHexadecimal($0, 32) ? $0 : nil }
            ?? Self.random() + Self.random()
        parentID = trace?.parent
        spanID = Self.random()
        self.invocationID = invocationID
    }

    /// Whether one more call may be told.
    func admitsDependency() -> Bool {
        dependencies.add(1, ordering: .relaxed).oldValue < Self.dependencyLimit
    }

    /// `00-TRACE-SPAN-FLAGS` of W3C Trace Context, section 3.2; later versions may append fields.
    private static func parse(_ text: String) -> (id: String, parent: String)? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        guard parts.count >= 4, isHexadecimal(parts[0], 2), parts[0] != "ff", parts[0] != "00" || parts.count == 4,
            isHexadecimal(parts[1], 32), isHexadecimal(parts[2], 16), isHexadecimal(parts[3], 2),
            parts[1].contains(where: { $0 != "0" }), parts[2].contains(where: { $0 != "0" })
        else { return nil }
        return (parts[1], parts[2])
    }

    private static func isHexadecimal(_ text: String, _ count: Int) -> Bool {
        text.utf8.count == count
            && text.utf8.allSatisfy { byte in
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
            }
    }

    private static func random() -> String {
        // All zeros would be no span.
        let number = UInt64.random(in: 1 ... .max)
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

/// Which operations are sent, decided by their id alone, so that every part of one is sent or none is. The function is that of
/// the Application Insights SDKs: items of theirs with the same id and share are kept or left out together.
package struct Sampling: Sendable, Equatable {
    /// 0 to 100. Items carry it, so that counts can be scaled up (`sum(ItemCount)`).
    package var percent: Double

    package init(percent: Double) { self.percent = percent }

    package func keeps(_ operationID: String) -> Bool { percent >= 100 || Self.score(operationID) < percent }

    /// 0 up to 100.
    static func score(_ text: String) -> Double {
        guard !text.isEmpty else { return 0 }
        var units = Array(text.utf16)
        while units.count < 8 { units += units }
        var hash: Int32 = 5_381
        for unit in units { hash = (hash &<< 5) &+ hash &+ Int32(unit) }
        return Double(hash == .min ? .max : abs(hash)) / Double(Int32.max) * 100
    }
}
