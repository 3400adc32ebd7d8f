import FoundationEssentials

/// Memory of this process as the kernel counts it.
package enum ProcessMemory {
    /// Highest resident size so far in MB; `nil` where `/proc` is not there.
    package static var peakMB: Double? {
        guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") })
        else { return nil }
        let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
        return words.dropFirst().first.flatMap { Double($0) }.map { $0 / 1024 }
    }
}
