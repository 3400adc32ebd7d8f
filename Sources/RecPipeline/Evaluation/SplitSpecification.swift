import RecEngine

/// how events are to be split, as a person writes it: `temporal:0.8`, `leave-last-out`, `random:0.75:42`.
package enum SplitSpecification: Sendable, Equatable, CustomStringConvertible {
    case temporal(Double)
    case leaveLastOut
    case random(Double, seed: UInt64)

    /// The form in which it is written.
    package static let usage = "temporal:0.8, leave-last-out or random:0.75:SEED"

    /// - Parameter text: a missing share is the one of ``usage``; a missing seed is 1.
    package init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        func share(_ standard: Double) -> Double? {
            guard parts.count > 1 else { return standard }
            guard let value = Double(parts[1]), value > 0, value < 1 else { return nil }
            return value
        }
        switch parts[0] {
        case "temporal" where parts.count <= 2:
            guard let share = share(0.8) else { return nil }
            self = .temporal(share)
        case "leave-last-out" where parts.count == 1:
            self = .leaveLastOut
        case "random" where parts.count <= 3:
            guard let share = share(0.75), let seed = parts.count > 2 ? UInt64(parts[2]) : 1 else { return nil }
            self = .random(share, seed: seed)
        default:
            return nil
        }
    }

    package var description: String {
        switch self {
        case .temporal(let share): "temporal:\(share)"
        case .leaveLastOut: "leave-last-out"
        case .random(let share, let seed): "random:\(share):\(seed)"
        }
    }

    /// The split; nil for a log without rows.
    func split(_ log: InteractionLog) -> DataSplit? {
        switch self {
        case .temporal(let share): .temporal(log, fraction: share)
        case .leaveLastOut: .leaveLastOut(log)
        case .random(let share, let seed): .random(log, fraction: share, seed: seed)
        }
    }
}
