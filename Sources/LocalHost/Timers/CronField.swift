/// One field of a cron expression: a set of numbers below 64.
struct CronField: Sendable, Equatable {
    private var bits: UInt64 = 0
    let kind: Kind

    /// Which field, its limits and the names it knows.
    enum Kind: String, Sendable {
        case second, minute, hour, day, month, weekday

        var limits: ClosedRange<Int> {
            switch self {
            case .second, .minute: 0...59
            case .hour: 0...23
            case .day: 1...31
            case .month: 1...12
            case .weekday: 0...6
            }
        }

        var names: [String] {
            switch self {
            case .month:
                [
                    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
                    "november", "december",
                ]
            case .weekday: ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"]
            default: []
            }
        }
    }

    /// Parses lists (`1,5`), ranges (`1-5`; the wrong way round they are swapped, as NCrontab does), steps (`*/5`,
    /// `3/10` = from 3 to the end) and English names of months and weekdays (three letters or more).
    init(_ text: Substring, kind: Kind) throws(FunctionFault) {
        self.kind = kind
        for item in text.split(separator: ",", omittingEmptySubsequences: false) {
            try insert(item)
        }
    }

    func contains(_ value: Int) -> Bool { value < 64 && bits & (1 << UInt64(value)) != 0 }

    /// The smallest member that is not below `value`.
    func next(from value: Int) -> Int? {
        guard value < 64 else { return nil }
        let rest = bits & (~0 << UInt64(value))
        return rest == 0 ? nil : rest.trailingZeroBitCount
    }

    /// Every field has at least one member.
    var first: Int { bits.trailingZeroBitCount }

    /// Whether two members follow each other directly: NCrontab would print a `-` or `*`.
    var hasRun: Bool { bits & (bits >> 1) != 0 }

    private mutating func insert(_ item: Substring) throws(FunctionFault) {
        var range = item
        var step: Int?
        if let slash = item.firstIndex(of: "/") {
            range = item[..<slash]
            guard let value = Int(item[item.index(after: slash)...]), value > 0 else {
                throw FunctionFault("'\(item)' has no positive step after '/'")
            }
            step = value
        }

        let bounds: ClosedRange<Int>
        if range == "*" {
            bounds = kind.limits
        } else if let dash = range.firstIndex(of: "-"), dash > range.startIndex {
            let start = try value(of: range[..<dash])
            let end = try value(of: range[range.index(after: dash)...])
            bounds = min(start, end)...max(start, end)
        } else {
            let start = try value(of: range)
            bounds = start...(step == nil ? start : kind.limits.upperBound)
        }
        for member in stride(from: bounds.lowerBound, through: bounds.upperBound, by: step ?? 1) {
            bits |= 1 << UInt64(member)
        }
    }

    private func value(of text: Substring) throws(FunctionFault) -> Int {
        if let number = Int(text), text.first?.isNumber == true {
            guard kind.limits.contains(number) else {
                let (low, high) = (kind.limits.lowerBound, kind.limits.upperBound)
                throw FunctionFault("\(number) is outside \(low) to \(high) of the \(kind) field")
            }
            return number
        }
        let name = text.lowercased()
        if name.count >= 3, let index = kind.names.firstIndex(where: { $0.hasPrefix(name) }) {
            return kind.limits.lowerBound + index
        }
        throw FunctionFault("'\(text)' is not a value of the \(kind) field")
    }
}
