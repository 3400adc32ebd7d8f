/// Maps values to positions along an axis of the drawing.
struct Scale: Equatable {
    var low: Double
    var high: Double
    var start: Double
    var end: Double
    var kind: Axis.Scale = .linear

    func position(_ value: Double) -> Double {
        let share =
            switch kind {
            case .linear: (value - low) / (high - low)
            case .logarithmic:
                (Decade.logarithm(value) - Decade.logarithm(low)) / (Decade.logarithm(high) - Decade.logarithm(low))
            }
        return start + (end - start) * share
    }

    func contains(_ value: Double) -> Bool { value >= low && value <= high }
}

/// The lowest and highest of some values, made into a range that can be drawn even where there is one value or none.
struct Extent: Equatable {
    private(set) var low = Double.infinity
    private(set) var high = -Double.infinity

    init() {}

    init(_ values: some Sequence<Double>) {
        for value in values { include(value) }
    }

    var isEmpty: Bool { low > high }

    mutating func include(_ value: Double) {
        guard value.isDrawable else { return }
        low = min(low, value)
        high = max(high, value)
    }

    /// Values closer together than a billionth of their size count as one: there are no ticks between them that a
    /// label could tell apart.
    private var isConstant: Bool { high - low <= 1e-9 * max(low.magnitude, high.magnitude) }

    func drawable(on scale: Axis.Scale) -> (low: Double, high: Double) {
        switch scale {
        case .linear:
            if isEmpty { return (0, 1) }
            guard isConstant else { return (low, high) }
            if low == 0 { return (0, 1) }
            let room = low.magnitude / 2
            return (low - room, high + room)
        case .logarithmic:
            if isEmpty { return (1, 10) }
            return isConstant ? (low / 2, high * 2) : (low, high)
        }
    }
}
