/// What is known of each item besides who met it: a sparse feature vector, its category and its price.
public struct ProductFeatures: Sendable, Equatable {
    /// Items × features; rows have Euclidean length 1, or 0 for an item about which nothing is known.
    public let matrix: CSRMatrix
    /// Category of each item, an index into ``categoryNames``; −1 for none.
    public let categories: [Int32]
    /// Names of the categories.
    public let categoryNames: [String]
    /// Price of each item in major units; NaN where it is not known.
    public let prices: [Float]

    /// Number of items.
    public var itemCount: Int { matrix.rowCount }

    /// Wraps columns of equal length. A category outside the names is a caller's bug (precondition).
    public init(matrix: CSRMatrix, categories: [Int32], categoryNames: [String], prices: [Float]) {
        precondition(
            categories.count == matrix.rowCount && prices.count == matrix.rowCount,
            "columns of different length"
        )
        precondition(
            categories.allSatisfy { $0 >= -1 && Int($0) < categoryNames.count },
            "category out of range"
        )
        self.matrix = matrix
        self.categories = categories
        self.categoryNames = categoryNames
        self.prices = prices
    }

    /// Equal when all columns are; a price that is not known equals another.
    public static func == (left: Self, right: Self) -> Bool {
        left.matrix == right.matrix && left.categories == right.categories
            && left.categoryNames == right.categoryNames
            && left.prices.elementsEqual(right.prices) { $0 == $1 || ($0.isNaN && $1.isNaN) }
    }
}
