import Foundation

/// What runs on this machine, from /proc.
enum ProcessTable {
    /// The process and its children.
    static func family(of process: Int32) -> [Int32] {
        [process] + processes().filter { fields(of: $0)?.parent == process }
    }

    /// True while one of the processes runs; one that has ended and waits to be collected does not.
    static func runs(anyOf family: [Int32]) -> Bool {
        family.contains { fields(of: $0).map { $0.state != "Z" && $0.state != "X" } ?? false }
    }

    private static func processes() -> [Int32] {
        ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap { Int32($0) }
    }

    private static func fields(of process: Int32) -> (state: Substring, parent: Int32)? {
        guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
            let end = text.lastIndex(of: ")")
        else { return nil }
        // After the name: state, parent, … (proc(5)).
        let fields = text[end...].split(separator: " ")
        guard fields.count > 2, let parent = Int32(fields[2]) else { return nil }
        return (fields[1], parent)
    }
}
