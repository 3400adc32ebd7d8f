/// How the values of an axis, a bar or a key figure are written.
package enum ValueFormat: Sendable, Equatable {
    /// `12,345`, `0.0123`: as many digits as the value needs, four significant at most.
    case number
    /// A fixed number of decimals, for figures that are compared digit by digit.
    case decimals(Int)
    /// A share from 0 to 1, written as a percentage.
    case percent(places: Int = 0)
    /// An amount after its sign: `£12.50`.
    case money(String)

    package func text(_ value: Double) -> String {
        guard value.isFinite else { return NumberText.missing }
        switch self {
        case .number: return NumberText.significant(value)
        case .decimals(let places): return NumberText.decimal(value, places: places)
        case .percent(let places): return NumberText.percent(value, places: places)
        case .money(let sign):
            let amount = NumberText.decimal(value.magnitude, places: value.magnitude < 1000 ? 2 : 0)
            return (value < 0 ? "−" : "") + sign + amount
        }
    }

    /// The label of a tick on an axis whose steps have `places` decimals (of the value itself, not of its percentage).
    func tick(_ value: Double, places: Int) -> String {
        let bounded = min(12, max(0, places))
        switch self {
        case .number, .decimals:
            if places > 6 || value.magnitude >= 1e15 { return NumberText.scientific(value) }
            return value.magnitude >= 1e6 && bounded == 0
                ? NumberText.millions(value) : NumberText.decimal(value, places: bounded)
        case .percent:
            return NumberText.percent(value, places: max(0, bounded - 2))
        case .money(let sign):
            let amount =
                value.magnitude >= 1e6
                ? NumberText.millions(value.magnitude) : NumberText.decimal(value.magnitude, places: bounded)
            return (value < 0 ? "−" : "") + sign + amount
        }
    }
}

extension NumberText {
    /// `2.25M`, with the digits a round value has.
    static func millions(_ value: Double) -> String {
        significant(value / 1e6, digits: 6) + "M"
    }
}
