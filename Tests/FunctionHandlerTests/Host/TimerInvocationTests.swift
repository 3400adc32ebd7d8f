import Foundation
import HTTPTypes
import Testing
import TextFormats

@testable import FunctionHandler

@Suite struct TimerInvocationTests {
    private func timer(_ body: String) throws -> TimerInvocation {
        try TimerInvocation(
            InvocationRequest(parsing: Array(body.utf8)),
            functionName: "GenerateRecommendations",
            invocationID: "i"
        )
    }

    @Test("a scheduled call carries its schedule status")
    func scheduled() throws {
        let timer = try timer(
            #"""
            {"Data":{"nightly":{"Schedule":{"AdjustForDST":true},
               "ScheduleStatus":{"Last":"2026-03-01T02:30:00.0113+00:00","Next":"2026-03-02T02:30:00+00:00","LastUpdated":"0001-01-01T00:00:00"},
               "IsPastDue":true}},
             "Metadata":{"sys":{"MethodName":"GenerateRecommendations","UtcNow":"2026-03-02T02:30:00.0189321Z"}}}
            """#
        )
        #expect(timer.isPastDue)
        #expect(!timer.isManual)
        #expect(timer.options.isEmpty)
        #expect(timer.scheduleStatus?.next == Date(timeIntervalSince1970: 1_772_418_600))
    }

    @Test("without monitoring there is no status")
    func unmonitored() throws {
        let timer = try timer(
            #"{"Data":{"tick":{"Schedule":{"AdjustForDST":true},"ScheduleStatus":null,"IsPastDue":false}},"Metadata":{}}"#
        )
        #expect(timer.scheduleStatus == nil)
        #expect(!timer.isPastDue)
    }

    /// A tick at 02:30:00 UTC as hosts in various zones write it.
    private func timer(next: String, isPastDue: Bool = false) throws -> TimerInvocation {
        try timer(
            #"{"Data":{"tick":{"Schedule":{},"ScheduleStatus":{"Last":"0001-01-01T00:00:00","Next":"\#(next)"},"IsPastDue":\#(isPastDue)}}}"#
        )
    }

    private static let halfPastTwo = Date(timeIntervalSince1970: 1_772_418_600)

    @Test(
        "an occurrence that lies ahead tells a run by hand",
        arguments: [
            ("2026-03-02T02:35:00+00:00", true), ("2026-03-02T02:35:00Z", true),
            ("2026-03-02T04:35:00.1234567+02:00", true),
            ("2026-03-02T02:30:00+00:00", false), ("2026-03-02T02:30:01+00:00", false),
            ("2026-03-02T04:30:00+02:00", false), ("2026-03-01T21:30:00-05:00", false),
            ("2026-03-02T02:25:00Z", false), ("0001-01-01T00:00:00", false),
        ]
    )
    func aheadOfSchedule(next: String, isAhead: Bool) throws {
        #expect(try timer(next: next).isAheadOfSchedule(now: Self.halfPastTwo) == isAhead)
        #expect(try !timer(next: next, isPastDue: true).isAheadOfSchedule(now: Self.halfPastTwo))
    }

    @Test(
        "an occurrence without an offset may be the host's local time and tells nothing",
        arguments: ["2026-03-02T02:35:00", "2026-03-02T04:30:00", "2026-03-02T10:30:00.5"]
    )
    func withoutOffset(next: String) throws {
        let timer = try timer(next: next)
        #expect(timer.scheduleStatus?.next != nil)
        #expect(!timer.isAheadOfSchedule(now: Self.halfPastTwo))
    }

    @Test(
        "a manual run shows as the binding's own name in Metadata, with its options",
        arguments: [
            (#""\"{\\\"dry_run\\\":true}\"""#, ["dry_run": JSONValue.bool(true)]), (#""\"\"""#, [:]), (#""""#, [:]),
            (#"{"dry_run":true}"#, ["dry_run": .bool(true)]), (#""not json""#, [:]),
        ]
    )
    func manual(metadata: String, options: [String: JSONValue]) throws {
        let timer = try timer(
            #"{"Data":{"tick":{"Schedule":{"AdjustForDST":true},"ScheduleStatus":null,"IsPastDue":false}},"Metadata":{"tick":"#
                + metadata + "}}"
        )
        #expect(timer.isManual)
        #expect(timer.options == options)
    }

    @Test(
        "text inside a string, plain values and a whole object as text read the same",
        arguments: [#""true""#, "true", #""\"true\"""#]
    )
    func encodings(flag: String) throws {
        let body = #"{"Data":{"tick":{"Schedule":{"AdjustForDST":true},"IsPastDue":"# + flag + "}}}"
        if flag.contains("\\") {
            // Three layers are not what the host writes for a boolean.
            #expect(try !timer(body).isPastDue)
        } else {
            #expect(try timer(body).isPastDue)
        }
        let asText = #"{"Data":{"tick":"{\"Schedule\":{},\"IsPastDue\":true}"}}"#
        #expect(try timer(asText).isPastDue)
    }

    @Test(
        "a body that is no timer call is a problem with a pointer",
        arguments: [
            ("{}", "#/Data"), (#"{"Data":[]}"#, "#/Data"), (#"{"Data":{}}"#, "#/Data"),
            (#"{"Data":{"x":"1"}}"#, "#/Data"),
            (#"{"Data":{"t":{"IsPastDue":false}},"Metadata":3}"#, "#/Metadata"),
            (#"{"Data":{"t":{"IsPastDue":false,"ScheduleStatus":{"Next":"soon"}}}}"#, "#/Data/t/ScheduleStatus/Next"),
        ]
    )
    func notATimer(body: String, pointer: String) throws {
        let error = #expect(throws: Problem.self) { try timer(body) }
        #expect(error?.status == .badRequest)
        #expect(error?.faults.map(\.name) == [pointer])
    }
}

@Suite struct InvocationRequestTests {
    @Test(
        "one layer of encoding is undone",
        arguments: [
            (JSONValue.string("\"abc\""), JSONValue.string("abc")), (.string("3"), .integer(3)),
            (.string("true"), .bool(true)),
            (.integer(3), .integer(3)), (.string("[1]"), .array([.integer(1)])),
            (.string("raw text"), .string("raw text")),
            (.object(["a": .integer(1)]), .object(["a": .integer(1)])), (.string("AgAAAA=="), .string("AgAAAA==")),
            (.string("2026-03-09T02:30:04+00:00"), .string("2026-03-09T02:30:04+00:00")), (.string(""), .string("")),
        ]
    )
    func decoded(sent: JSONValue, expected: JSONValue) {
        #expect(InvocationRequest.decoded(sent) == expected)
    }

    @Test("a queue message of JSON is decoded three times")
    func tripleEncoding() throws {
        let body = #"""
            {"Data":{"job":"\"{\\\"batch\\\":\\\"2026-03-02\\\",\\\"users\\\":[\\\"u1\\\",\\\"u2\\\"]}\""},
             "Metadata":{"DequeueCount":"1","Id":"\"5a0e1c9b-0000-0000-0000-000000000001\"","PopReceipt":"\"AgAAAA==\""}}
            """#
        let request = try InvocationRequest(parsing: Array(body.utf8))
        let message = InvocationRequest.decoded(try #require(request.data["job"]))
        #expect(message["batch"] == .string("2026-03-02"))
        #expect(message["users"] == .array([.string("u1"), .string("u2")]))
        #expect(request.metadata["DequeueCount"]?.integer == 1)
        #expect(request.metadata["PopReceipt"] == .string("AgAAAA=="))
    }
}
