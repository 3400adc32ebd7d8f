/// Maps numbers to 0 … 1, the smallest that was seen to 0 and the largest to 1.
public struct MinMaxScaler: Sendable, Equatable {
    /// Smallest number seen; 0 when there was none.
    public let minimum: Float
    /// Largest number seen; 0 when there was none.
    public let maximum: Float

    /// Whether all numbers were the same, or there was none: such a column says nothing.
    public var isConstant: Bool { minimum == maximum }

    /// Learns the range. What is not finite is not known and takes no part.
    public static func fit(_ values: [Float]) -> MinMaxScaler {
        let known = values.filter(\.isFinite)
        return MinMaxScaler(minimum: known.min() ?? 0, maximum: known.max() ?? 0)
    }

    /// The number on the scale. One outside the range is taken as its nearer end, NaN stays NaN, and a constant
    /// column is 0.
    public func transform(_ value: Float) -> Float {
        guard !value.isNaN else { return .nan }
        guard !isConstant else { return 0 }
        // In double precision, where the difference of two floats cannot overflow.
        let scaled = (Double(value) - Double(minimum)) / (Double(maximum) - Double(minimum))
        return Float(min(max(scaled, 0), 1))
    }

    /// The numbers on the scale.
    public func transform(_ values: [Float]) -> [Float] { values.map(transform) }
}

/// Turns a category into a vector with a single 1.
public struct OneHotEncoder: Sendable, Equatable {
    /// The categories in Swift's order of strings; a category's place is its column.
    public let categories: [String]

    /// Learns the categories that occur. Nil and the empty string are no category. Cost: O(values · log values).
    public static func fit(_ values: [String?]) -> OneHotEncoder {
        OneHotEncoder(categories: Set(values.compactMap(\.self).filter { !$0.isEmpty }).sorted())
    }

    /// The place of each value among the categories; −1 for nil and for one that is not known.
    public func indices(of values: [String?]) -> [Int32] {
        var places: [String: Int32] = [:]
        for (position, category) in categories.enumerated() { places[category] = Int32(position) }
        return values.map { $0.flatMap { places[$0] } ?? -1 }
    }

    /// Values × categories with a 1 in each row; the row of a value that is not known is empty.
    public func transform(_ values: [String?]) -> CSRMatrix {
        Self.matrix(of: indices(of: values), columnCount: categories.count)
    }

    /// One row an index with a 1 at its column; an index of −1 has an empty row.
    static func matrix(of indices: [Int32], columnCount: Int) -> CSRMatrix {
        var rows = CSRRows(rows: indices.count, entries: indices.count)
        for index in indices {
            if index >= 0 { rows.append(index, 1) }
            rows.endRow()
        }
        return rows.matrix(columnCount: columnCount)
    }
}
