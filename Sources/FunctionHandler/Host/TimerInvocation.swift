import FoundationEssentials
import TextFormats

/// One firing of a timer, scheduled or by hand.
struct TimerInvocation: Sendable, Equatable {
    /// What the host remembers of the schedule.
    struct ScheduleStatus: Sendable, Equatable {
        /// In a scheduled call, the occurrence being served: the key that makes a repeated call harmless. nil for "never".
        let next: Date?
        /// Whether the host wrote `Next` with an offset. Without one it may be the host's local time, which nobody here knows.
        let isNextExact: Bool
    }

    let functionName: String
    let invocationID: String?
    /// The timer was due while no host was running, or the host was killed during the last run.
    let isPastDue: Bool
    /// nil when monitoring is off.
    let scheduleStatus: ScheduleStatus?
    /// Asked for through `/admin/functions/<name>`; always due.
    let isManual: Bool
    /// The members of the object given as `input` to a manual run; empty otherwise.
    let options: [String: JSONValue]
    /// When to be finished: 85 % of functionTimeout after the invocation arrived; nil when the host sets no limit.
    var deadline: ContinuousClock.Instant?

    /// - Throws: `Problem` when no entry of Data is a TimerInfo.
    init(
        _ request: InvocationRequest,
        functionName: String,
        invocationID: String?,
        deadline: ContinuousClock.Instant? = nil
    ) throws(Problem) {
        self.functionName = functionName
        self.invocationID = invocationID
        self.deadline = deadline
        guard let (binding, info) = Self.timerInfo(in: request.data) else {
            throw .invalidBody([.init(.body, "#/Data", "Data holds no timer: one object with IsPastDue is expected")])
        }
        isPastDue = InvocationRequest.decoded(info["IsPastDue"] ?? .null).bool ?? false
        scheduleStatus = try Self.status(info["ScheduleStatus"], binding: binding)
        // The host puts the call's arguments among the binding data, so the binding's own name there means "by hand".
        let input = request.metadata[binding]
        isManual = input != nil
        options = input.map(InvocationRequest.decoded)?.object ?? [:]
    }

    private static func timerInfo(in data: [String: JSONValue]) -> (binding: String, info: [String: JSONValue])? {
        for (name, value) in data.sorted(by: { $0.key < $1.key }) {
            if let info = value.object, info["IsPastDue"] != nil || info["Schedule"] != nil { return (name, info) }
        }
        return nil
    }

    private static func status(_ value: JSONValue?, binding: String) throws(Problem) -> ScheduleStatus? {
        guard let members = value?.object else { return nil }
        guard let text = members["Next"]?.string else { return ScheduleStatus(next: nil, isNextExact: false) }
        do {
            return ScheduleStatus(next: try HostDate.date(text), isNextExact: HostDate.isExact(text))
        } catch {
            let detail = "\(text.quotedForMessage) is not a date of the Functions host"
            throw .invalidBody([.init(.body, "#/Data/\(binding)/ScheduleStatus/Next", detail)])
        }
    }
}
