import Foundation
import TextFormats

/// The body of `POST /<FunctionName>`: `{"Data": {…}, "Metadata": {…}}`.
struct InvocationBody: Sendable, Equatable {
    /// Input bindings by name.
    var data: [String: BindingValue]
    /// Binding data. Keys that end in "trigger" (any case) are not sent.
    var metadata: [String: BindingValue]

    var json: JSONValue {
        let sent = metadata.filter { !$0.key.lowercased().hasSuffix("trigger") }
        return [
            "Data": .object(data.mapValues(\.json)),
            "Metadata": .object(sent.mapValues(\.json)),
        ]
    }

    /// `Metadata.sys`, which every invocation carries.
    static func system(function: String, now: Date) -> BindingValue {
        .object([
            "MethodName": .string(function),
            "UtcNow": .string(HostDate.utc(now)),
            "RandGuid": .string(UUID().uuidString.lowercased()),
        ])
    }
}

/// A .NET value on its way into `Data` or `Metadata`, with the host's encoding rules.
enum BindingValue: Sendable, Equatable {
    case string(String)
    case object(JSONValue)

    /// A string becomes its JSON text *inside a JSON string*; an object is nested.
    var json: JSONValue {
        switch self {
        case .string(let value): .string(JSONValue.string(value).text)
        case .object(let value): value
        }
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
        retry: BindingValue? = nil,
        now: Date
    ) -> InvocationBody {
        let information: JSONValue = [
            "Schedule": ["AdjustForDST": .bool(trigger.schedule.adjustsForDaylightSaving)],
            "ScheduleStatus": status?.json(zone: zone) ?? .null,
            "IsPastDue": .bool(isPastDue),
        ]
        var metadata: [String: BindingValue] = ["sys": InvocationBody.system(function: function.name, now: now)]
        if let input { metadata[trigger.bindingName] = .string(input) }
        if let retry { metadata["RetryContext"] = retry }
        return InvocationBody(data: [trigger.bindingName: .object(information)], metadata: metadata)
    }
}
