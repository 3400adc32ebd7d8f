import Testing

@testable import RecPipeline

@Suite("Figures of a batch")
struct BatchMetricsTests {
    @Test("figures come back as they were stored; none yet is no note")
    func roundTrip() throws {
        var metrics = BatchMetrics()
        metrics.users = 3
        metrics.add("fit", .milliseconds(250))
        metrics.add("fit", .milliseconds(250))
        let read = BatchMetrics(json: try metrics.json())
        #expect(read == metrics)
        #expect(read.seconds == ["fit": 0.5])
        #expect(BatchMetrics(json: "{}") == BatchMetrics())
    }

    @Test(
        "figures that cannot be read are named as missing, not taken for zeros",
        arguments: ["", "[]", #"{"users": "three"}"#]
    )
    func unreadable(json: String) {
        #expect(BatchMetrics(json: json).note?.contains("could not be read") == true)
    }

    @Test("a figure that is no number is an error, not a blank")
    func notANumber() {
        var metrics = BatchMetrics()
        metrics.usersPerSecond = .nan
        #expect(throws: (any Error).self) { try metrics.json() }
    }
}
