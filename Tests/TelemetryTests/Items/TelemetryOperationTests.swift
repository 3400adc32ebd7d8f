import Testing

@testable import Telemetry

@Suite struct TelemetryOperationTests {
    private static let trace = "0af7651916cd43dd8448eb211c80319c"

    @Test("a traceparent gives the operation and its parent; otherwise the invocation's id gives the operation")
    func ids() {
        let sent = TelemetryOperation(traceParent: "00-\(Self.trace)-b7ad6b7169203331-01", invocationID: "x")
        #expect(sent.id == Self.trace)
        #expect(sent.parentID == "b7ad6b7169203331")
        let called = TelemetryOperation(invocationID: "0AF76519-16cd-43dd-8448-eb211c80319c")
        #expect(called.id == Self.trace)
        #expect(called.parentID == nil)
        #expect(called.spanID.count == 16)
        #expect(called.spanID != sent.spanID)
        #expect(TelemetryOperation().id.count == 32)
    }

    @Test(
        "a malformed traceparent counts as absent",
        arguments: [
            "", "00-\(trace)-b7ad6b7169203331", "ff-\(trace)-b7ad6b7169203331-01", "00-\(trace)-0000000000000000-01",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01", "00-\(trace.uppercased())-b7ad6b7169203331-01",
            "00-\(trace)-b7ad6b7169203331-01-more",
        ]
    )
    func malformed(text: String) {
        let operation = TelemetryOperation(traceParent: text)
        #expect(operation.id != Self.trace)
        #expect(operation.parentID == nil)
    }

    @Test("sampling keeps about its share of operations, the same ones each time, and more with a larger share")
    func sampling() {
        let ids = (0..<20_000).map { _ in TelemetryOperation().id }
        let tenth = Set(ids.filter(Sampling(percent: 10).keeps))
        // Binomial(20000, 0.1): a standard deviation is 42.
        #expect((1_700...2_300).contains(tenth.count), "\(tenth.count)")
        #expect(tenth.isSubset(of: ids.filter(Sampling(percent: 30).keeps)))
        #expect(ids.allSatisfy(Sampling(percent: 100).keeps))
        #expect(!ids.contains(where: Sampling(percent: 0).keeps))
    }

    @Test("the sampling score is that of the Application Insights SDKs")
    func score() {
        // ((5381·33 + 97)·33 + …) for eight letters in 32 bits, as their DJB2 variant has it; a short text is repeated first.
        var hash: Int32 = 5_381
        for unit in "abababab".utf16 { hash = hash &* 33 &+ Int32(unit) }
        #expect(Sampling.score("ab") == Double(abs(hash)) / Double(Int32.max) * 100)
        #expect(Sampling.score("") == 0)
    }

    @Test(
        "durations are .NET time spans",
        arguments: [
            (Duration.milliseconds(1_500), "0.00:00:01.5000000"), (.seconds(90_061), "1.01:01:01.0000000"),
            (.nanoseconds(100), "0.00:00:00.0000001"), (.seconds(-1), "0.00:00:00.0000000"),
        ]
    )
    func spans(duration: Duration, text: String) { #expect(TelemetryWriter.text(duration) == text) }
}
