import Foundation

/// What runs on this machine, from /proc.
enum ProcessTable {
    /// True while a process of the group runs; one that has ended and waits to be collected does not.
    static func runs(group: Int32) -> Bool {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return entries.contains { entry in
            guard Int32(entry) != nil, let text = try? String(contentsOfFile: "/proc/\(entry)/stat", encoding: .utf8),
                let end = text.lastIndex(of: ")")
            else { return false }
            // After the name: state, parent, group, … (proc(5)).
            let fields = text[end...].split(separator: " ")
            return fields.count > 3 && fields[3] == String(group) && fields[1] != "Z" && fields[1] != "X"
        }
    }
}
