import Foundation

/// The body of a timer's invocation.
struct TimerInvocation: Sendable {
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
