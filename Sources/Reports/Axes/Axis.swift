/// What an axis shows and how.
package struct Axis: Sendable, Equatable {
    /// How values are spread along the axis.
    package enum Scale: Sendable, Equatable {
        case linear
        /// Values that are not above zero have no position on it; they are left out and counted.
        case logarithmic
    }

    var title: String
    /// Written after the title in parentheses.
    var unit: String?
    var scale: Scale
    var format: ValueFormat

    /// - Parameter unit: put behind the title in brackets.
    package init(_ title: String, unit: String? = nil, scale: Scale = .linear, format: ValueFormat = .number) {
        (self.title, self.unit, self.scale, self.format) = (title, unit, scale, format)
    }

    /// `Orders per customer (count)`
    var caption: String {
        guard let unit else { return title }
        return "\(title) (\(unit))"
    }

    func draws(_ value: Double) -> Bool {
        value.isDrawable && (scale == .linear || value > 0)
    }
}

extension Double {
    /// Finite, and small enough that differences and products of two such values are finite as well.
    var isDrawable: Bool { magnitude < 1e100 }
}
