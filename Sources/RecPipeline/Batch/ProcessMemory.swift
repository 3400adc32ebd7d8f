import Foundation

/// Memory of this process as the kernel counts it.
package enum ProcessMemory {
    /// Highest resident size so far in MB; `nil` where `/proc` is not there.
    package static var peakMB: Double? { field("VmHWM:") }

    /// Makes the highest size so far the size now, so that a peak can be told from an earlier one. Linux only.
    package static func resetPeak() {
        guard let handle = FileHandle(forWritingAtPath: "/proc/self/clear_refs") else { return }
        try? handle.write(contentsOf: Data("5".utf8))
        try? handle.close()
    }

    private static func field(_ name: String) -> Double? {
        guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else { return nil }
        let line = status.split(separator: "\n").first { $0.hasPrefix(name) }
        let kilobytes = line?.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap {
            Double($0)
        }
        return kilobytes.map { $0 / 1024 }
    }
}
