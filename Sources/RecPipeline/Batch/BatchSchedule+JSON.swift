import Shop
package import TextFormats

/// The stored form: `batch_schedule` in `app_config`.
extension BatchSchedule {
    /// Everything that is wrong with a document, in the order of its fields.
    package struct Problems: Error, Sendable, CustomStringConvertible {
        package var all: [DocumentProblem]
        package var description: String { all.map(\.description).joined(separator: "; ") }
    }

    /// Reads a document; a field that is absent or null has its default.
    /// - Parameter defaultInterval: of full runs, in seconds (`RECOMMENDATION_BATCH_INTERVAL`).
    /// - Throws: ``Problems``.
    package init(_ document: JSONValue, defaultInterval: Int) throws(Problems) {
        var reader = FieldReader(document, at: "")
        self.init(intervalSeconds: reader.interval("interval_seconds") ?? defaultInterval)
        activeIntervalSeconds = reader.interval("active_interval_seconds") ?? activeIntervalSeconds
        if let window = reader.value("off_peak") {
            var fields = FieldReader(window, at: "/off_peak")
            offPeak = fields.window()
            reader.problems += fields.finish()
        }
        isAdaptive = reader.flag("adaptive") ?? isAdaptive
        enabled = reader.flag("enabled") ?? enabled
        let problems = reader.finish()
        guard problems.isEmpty else { throw Problems(all: problems) }
    }

    /// The same of stored text; nil when nothing was stored.
    package init(json: String?, defaultInterval: Int) throws {
        guard let json else {
            self.init(intervalSeconds: defaultInterval)
            return
        }
        try self.init(try JSONParser.parse(json), defaultInterval: defaultInterval)
    }

    private func write(to writer: inout JSONWriter) {
        writer.member("interval_seconds", intervalSeconds)
        writer.member("active_interval_seconds", activeIntervalSeconds)
        writer.key("off_peak")
        if let offPeak {
            writer.object { writer in
                writer.member("start", OffPeakWindow.text(ofMinutes: offPeak.start))
                writer.member("end", OffPeakWindow.text(ofMinutes: offPeak.end))
                writer.member("time_zone", offPeak.timeZone)
            }
        } else {
            writer.null()
        }
        writer.member("adaptive", isAdaptive)
        writer.member("enabled", enabled)
    }

    /// The stored form.
    package func json() -> String {
        var writer = JSONWriter()
        writer.object { write(to: &$0) }
        return String(decoding: writer.finish(), as: UTF8.self)
    }
}

/// Reads the fields of one object and notes what is wrong with each.
private struct FieldReader {
    private var members: [String: JSONValue]
    private let pointer: String
    var problems: [DocumentProblem] = []

    init(_ value: JSONValue, at pointer: String) {
        self.pointer = pointer
        members = value.object ?? [:]
        if value.object == nil { note("", "must be an object, not \(value.kind)") }
    }

    private mutating func note(_ name: String, _ reason: String) {
        let path = name.isEmpty ? pointer : "\(pointer)/\(name)"
        problems.append(DocumentProblem(document: .batchSchedule, pointer: path, reason: reason))
    }

    /// The problems, with the fields that nobody asked for.
    mutating func finish() -> [DocumentProblem] {
        for name in members.keys.sorted() { note(name, "is not a setting of the schedule") }
        return problems
    }

    mutating func value(_ name: String) -> JSONValue? {
        guard let value = members.removeValue(forKey: name), value != .null else { return nil }
        return value
    }

    mutating func interval(_ name: String) -> Int? {
        guard let value = value(name) else { return nil }
        let range = BatchSchedule.intervals
        guard let seconds = value.integer.flatMap({ Int(exactly: $0) }), range.contains(seconds) else {
            note(name, "must be a whole number of seconds from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return seconds
    }

    mutating func flag(_ name: String) -> Bool? {
        guard let value = value(name) else { return nil }
        if value.bool == nil { note(name, "must be true or false") }
        return value.bool
    }

    mutating func window() -> OffPeakWindow? {
        let start = minutes("start")
        let end = minutes("end")
        let zone = timeZone()
        guard let start, let end else { return nil }
        if start == end { note("end", "must differ from start; leave off_peak out for runs at any time") }
        return zone.flatMap { OffPeakWindow(start: start, end: end, timeZone: $0) }
    }

    private mutating func minutes(_ name: String) -> Int? {
        let minutes = value(name)?.string.flatMap(OffPeakWindow.minutes)
        if minutes == nil { note(name, "must be a time of day from 00:00 to 23:59, such as 22:00") }
        return minutes
    }

    private mutating func timeZone() -> String? {
        let zone = value("time_zone")?.string.flatMap { OffPeakWindow.zone($0) == nil ? nil : $0 }
        if zone == nil { note("time_zone", "must be a time zone of the IANA database, such as Europe/Berlin or UTC") }
        return zone
    }
}
