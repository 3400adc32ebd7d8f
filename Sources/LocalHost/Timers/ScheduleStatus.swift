import Foundation
import TextFormats

/// What the host remembers of a timer between starts. nil = never.
struct ScheduleStatus: Sendable, Equatable {
    var last: Date?
    var next: Date
    var lastUpdated: Date?

    /// The form that stands in `Data.<timer>.ScheduleStatus` and in the status file.
    func json(zone: TimeZone) -> JSONValue {
        [
            "Last": .string(last.map { HostDate.text($0, zone: zone) } ?? HostDate.never),
            "Next": .string(HostDate.text(next, zone: zone)),
            "LastUpdated": .string(lastUpdated.map { HostDate.text($0, zone: zone) } ?? HostDate.never),
        ]
    }

}

extension ScheduleStatus {
    init?(json: JSONValue) {
        func date(_ member: String) -> Date? {
            json[member]?.string.flatMap { try? HostDate.date($0) }
        }
        guard let next = date("Next") else { return nil }
        self.init(last: date("Last"), next: next, lastUpdated: date("LastUpdated"))
    }
}

/// One status file per timer function: `timers/<FunctionName>.json` under the state directory.
struct ScheduleStatusStore: Sendable {
    let directory: URL

    /// An unreadable file counts as none, as a damaged status blob does for the host.
    func load(_ function: String) -> ScheduleStatus? {
        guard let data = try? Data(contentsOf: file(function)), let json = try? JSONParser.parse(Array(data)) else {
            return nil
        }
        return ScheduleStatus(json: json)
    }

    /// Written to a new file and renamed, so that a reader sees the old status or the new one.
    func save(_ status: ScheduleStatus, of function: String, zone: TimeZone) throws {
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        try Data(status.json(zone: zone).text.utf8).write(to: file(function), options: .atomic)
    }

    private func file(_ function: String) -> URL { directory.appendingPathComponent("\(function).json") }
}
