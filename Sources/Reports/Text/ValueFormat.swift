/// How the values of an axis, a bar or a key figure are written.
package enum ValueFormat: Sendable, Equatable {
    /// `12,345`, `0.0123`: as many digits as the value needs, four significant at most.
    case number
    /// A fixed number of decimals, for figures that are compared digit by digit.
    case decimals(Int)
    /// A share from 0 to 1, written as a percentage.
    case percent(places: Int = 0)

    /// The value as people read it.
    package func text(_ value: Double) -> String {
        guard value.isFinite else { return NumberText.missing }
        switch self {
        case .number: return NumberText.significant(value)
        case .decimals(let places): return NumberText.decimal(value, places: places)
        case .percent(let places): return NumberText.percent(value, places: places)
        }
    }

    /// The label of a tick on an axis whose steps have `places` decimals (of the value itself, not of its percentage), fewer
    /// than none where they are tens or hundreds. Labels of neighbours differ.
    func tick(_ value: Double, places: Int) -> String {
        if case .percent = self { return NumberText.percent(value, places: min(12, max(0, places - 2))) }
        return (value < 0 ? "−" : "") + Self.amount(value.magnitude, places: places)
    }

    private static func amount(_ value: Double, places: Int) -> String {
        guard value > 0 else { return NumberText.decimal(0, places: min(6, max(0, places))) }
        let digits = Decade.exponent(of: value) + places + 1
        // Leading zeros tire the eye, but a long row of digits is easier to compare when it is not scaled.
        if places > 12 || value >= 1e15 || (places > 6 && digits <= 3) {
            return NumberText.scientific(value, digits: min(12, max(3, digits)))
        }
        return value >= 1e6 && places <= -4
            ? NumberText.millions(value) : NumberText.decimal(value, places: max(0, places))
    }
}

extension NumberText {
    /// `2.25M`, with the digits a round value has.
    static func millions(_ value: Double) -> String {
        significant(value / 1e6, digits: 6) + "M"
    }
}
