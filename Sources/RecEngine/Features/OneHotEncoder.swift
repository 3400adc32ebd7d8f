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
        for (place, category) in categories.enumerated() { places[category] = Int32(place) }
        return values.map { $0.flatMap { places[$0] } ?? -1 }
    }

    /// Values × categories with a 1 in each row; the row of a value that is not known is empty.
    public func transform(_ values: [String?]) -> CSRMatrix {
        Self.matrix(of: indices(of: values), columnCount: categories.count)
    }

    /// One row an index with a 1 at its column; an index of −1 has an empty row.
    static func matrix(of indices: [Int32], columnCount: Int) -> CSRMatrix {
        var indptr = [0]
        indptr.reserveCapacity(indices.count + 1)
        let columns = indices.filter { $0 >= 0 }
        for index in indices { indptr.append(indptr[indptr.count - 1] + (index >= 0 ? 1 : 0)) }
        return CSRMatrix(
            rowCount: indices.count,
            columnCount: columnCount,
            indptr: indptr,
            indices: columns,
            values: [Float](repeating: 1, count: columns.count)
        )
    }
}
