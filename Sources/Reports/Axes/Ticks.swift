/// A labelled position on an axis.
struct Tick: Equatable {
    var value: Double
    var label: String
}

/// A step of 1, 2 or 5 times a power of ten.
struct RoundStep {
    var mantissa: Int
    var exponent: Int

    init(mantissa: Int, exponent: Int) { (self.mantissa, self.exponent) = (mantissa, exponent) }

    /// The smallest such step that divides `span` into at most `count` parts.
    init(span: Double, count: Int, integersOnly: Bool = false) {
        precondition(span > 0 && count > 0, "a step of nothing")
        let raw = span / Double(count)
        exponent = Decade.exponent(of: raw)
        let fraction = raw / Decade.power(exponent)
        // Rounding of the division must not turn an exact 2 into a 5.
        switch fraction {
        case ...1.000_000_001: mantissa = 1
        case ...2.000_000_001: mantissa = 2
        case ...5.000_000_001: mantissa = 5
        default:
            mantissa = 1
            exponent += 1
        }
        if integersOnly, exponent < 0 {
            mantissa = 1
            exponent = 0
        }
    }

    var size: Double { value(1) }

    /// The multiple `index` of the step: one division of integers, so that 3 × 0.1 is 0.3.
    func value(_ index: Int) -> Double {
        exponent >= 0
            ? Double(index * mantissa) * Decade.power(exponent) : Double(index * mantissa) / Decade.power(-exponent)
    }

    /// Index of the last multiple at or below `value`, and of the first at or above it.
    func indexBelow(_ value: Double) -> Int { Int((value / size + 1e-9).rounded(.down)) }
    func indexAbove(_ value: Double) -> Int { Int((value / size - 1e-9).rounded(.up)) }

    /// A tick at the multiple `index`.
    func tick(_ index: Int, format: ValueFormat) -> Tick {
        Tick(value: value(index), label: format.tick(value(index), places: -exponent))
    }
}

enum Ticks {
    /// Ticks inside the range.
    static func linear(from low: Double, to high: Double, about count: Int, format: ValueFormat) -> [Tick] {
        let step = RoundStep(span: high - low, count: count)
        let first = step.indexAbove(low)
        let last = step.indexBelow(high)
        guard first <= last else { return [] }
        return (first...last).map { step.tick($0, format: format) }
    }

    /// The range widened to round values, with ticks at both ends.
    static func covering(
        from low: Double,
        to high: Double,
        about count: Int,
        format: ValueFormat,
        integersOnly: Bool = false
    ) -> [Tick] {
        let step = RoundStep(span: high - low, count: count, integersOnly: integersOnly)
        let first = step.indexBelow(low)
        let last = max(step.indexAbove(high), first + 1)
        return (first...last).map { step.tick($0, format: format) }
    }

    /// Powers of ten; 1, 2 and 5 of each where the range is short; every second, third … power where it is very long.
    static func logarithmic(from low: Double, to high: Double, format: ValueFormat) -> [Tick] {
        precondition(low > 0 && high > low, "a logarithmic range of \(low) to \(high)")
        let first = Decade.exponent(of: low)
        let last = Decade.exponent(of: high) + 1
        let decades = Decade.logarithm(high) - Decade.logarithm(low)
        let mantissas = decades <= 3.5 ? [1, 2, 5] : [1]
        let stride = max(1, Int((decades / 8).rounded(.up)))
        let tolerance = 1e-9
        var ticks: [Tick] = []
        for exponent in first...last where exponent.quotientAndRemainder(dividingBy: stride).remainder == 0 {
            for mantissa in mantissas {
                let value = RoundStep(mantissa: mantissa, exponent: exponent).size
                guard value >= low * (1 - tolerance), value <= high * (1 + tolerance) else { continue }
                ticks.append(Tick(value: value, label: label(value, exponent: exponent, format: format)))
            }
        }
        // Less than one step of 1-2-5: the range is as good as linear.
        return ticks.count >= 2 ? ticks : linear(from: low, to: high, about: 5, format: format)
    }

    private static func label(_ value: Double, exponent: Int, format: ValueFormat) -> String {
        if case .number = format, !(-4..<6).contains(exponent) { return NumberText.scientific(value) }
        return format.tick(value, places: -exponent)
    }

    /// The ticks whose labels stand clear of each other, in order of position. Where some of a logarithmic axis meet, the
    /// powers of ten stay; otherwise of two that meet the later is dropped.
    static func thinned(_ ticks: [Tick], on scale: Scale, size: Double, gap: Double = 10) -> [Tick] {
        let clear = standingClear(ticks, on: scale, size: size, gap: gap)
        guard scale.kind == .logarithmic, clear.count < ticks.count else { return clear }
        let powers = ticks.filter { $0.value == Decade.power(Decade.exponent(of: $0.value)) }
        return powers.count >= 2 ? standingClear(powers, on: scale, size: size, gap: gap) : clear
    }

    private static func standingClear(_ ticks: [Tick], on scale: Scale, size: Double, gap: Double) -> [Tick] {
        var end = -Double.infinity
        return ticks.sorted { scale.position($0.value) < scale.position($1.value) }.filter { tick in
            let half = TextWidth.of(tick.label, size: size) / 2
            let middle = scale.position(tick.value)
            guard middle - half >= end + gap else { return false }
            end = middle + half
            return true
        }
    }
}
