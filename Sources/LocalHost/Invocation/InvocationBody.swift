import Foundation
import TextFormats

/// The body of `POST /<FunctionName>`: `{"Data": {…}, "Metadata": {…}}`.
struct InvocationBody: Sendable, Equatable {
    /// Input bindings by name.
    var data: [String: JSONValue]
    /// Binding data. Keys that end in "trigger" (any case) are not sent.
    var metadata: [String: JSONValue]

    var json: JSONValue {
        ["Data": .object(data), "Metadata": .object(metadata.filter { !$0.key.lowercased().hasSuffix("trigger") })]
    }

    /// A .NET string as the host sends it: its JSON text *inside a JSON string*. Objects are nested as they are.
    static func encoded(_ text: String) -> JSONValue { .string(JSONValue.string(text).text) }

    /// `Metadata.sys`, which every invocation carries.
    static func system(function: String, now: Date) -> JSONValue {
        [
            "MethodName": .string(function),
            "UtcNow": .string(HostDate.utc(now)),
            "RandGuid": .string(UUID().uuidString.lowercased()),
        ]
    }
}

/// The invocation of a timer function, scheduled or by hand.
struct TimerCall: Sendable {
    let function: FunctionDefinition
    let trigger: TimerTrigger
    let zone: TimeZone

    /// `Data.<name>` is a TimerInfo: the schedule without its text, the status (null without monitoring) and IsPastDue.
    ///
    /// - Parameter input: the text of a manual run. It is not in `Data`; it appears as `Metadata.<name>`, unless that
    ///   name ends in "trigger".
    func body(
        status: ScheduleStatus?,
        isPastDue: Bool,
        input: String? = nil,
        retry: JSONValue? = nil,
        now: Date
    ) -> InvocationBody {
        let information: JSONValue = [
            "Schedule": ["AdjustForDST": .bool(trigger.schedule.adjustsForDaylightSaving)],
            "ScheduleStatus": status?.json(zone: zone) ?? .null,
            "IsPastDue": .bool(isPastDue),
        ]
        var metadata: [String: JSONValue] = ["sys": InvocationBody.system(function: function.name, now: now)]
        if let input { metadata[trigger.bindingName] = InvocationBody.encoded(input) }
        if let retry { metadata["RetryContext"] = retry }
        return InvocationBody(data: [trigger.bindingName: information], metadata: metadata)
    }
}
