import FoundationEssentials

/// Memory that this process may use.
package enum InstanceMemory {
    /// In bytes: the limit of the control group, else the machine's memory.
    package static let limit: Int = {
        let machine = Int(clamping: ProcessInfo.processInfo.physicalMemory)
        for path in ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"] {
            guard let text = try? String(contentsOfFile: path, encoding: .utf8),
                let bytes = Int(text.filter(\.isNumber)), bytes > 0
            else { continue }
            return min(bytes, machine)
        }
        return machine
    }()
}
