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
    /// How the vectors were made, to place other products beside them; nil for vectors that were made otherwise.
    public let space: ProductFeatureSpace?

    /// Number of items.
    public var itemCount: Int { matrix.rowCount }

    /// Wraps columns of equal length. A category outside the names is a caller's bug (precondition).
    public init(
        matrix: CSRMatrix,
        categories: [Int32],
        categoryNames: [String],
        prices: [Float],
        space: ProductFeatureSpace? = nil
    ) {
        precondition(
            categories.count == matrix.rowCount && prices.count == matrix.rowCount,
            "columns of different length"
        )
        precondition(
            categories.allSatisfy { $0 >= -1 && Int($0) < categoryNames.count },
            "category out of range"
        )
        precondition(space.map { $0.featureCount == matrix.columnCount } ?? true, "the space has other features")
        self.matrix = matrix
        self.categories = categories
        self.categoryNames = categoryNames
        self.prices = prices
        self.space = space
    }

    /// Equal when all columns are; a price that is not known equals another.
    public static func == (left: Self, right: Self) -> Bool {
        left.matrix == right.matrix && left.categories == right.categories
            && left.categoryNames == right.categoryNames && left.space == right.space
            && left.prices.elementsEqual(right.prices) { $0 == $1 || ($0.isNaN && $1.isNaN) }
    }
}

extension ProductFeatures {
    /// How products become vectors.
    public struct Options: Sendable, Equatable, Codable {
        /// How prices are spread over their range.
        public enum PriceScale: String, Sendable, Equatable, Codable {
            /// As they are.
            case linear
            /// By ln(1 + price), so that a single expensive product does not push all others to one end.
            case logarithmic
        }

        /// How names and descriptions become vectors.
        public var text: TFIDFVectorizer.Options
        /// Part of the similarity of two products that comes from their texts.
        public var textShare: Double
        /// Part that comes from their categories.
        public var categoryShare: Double
        /// Part that comes from their prices.
        public var priceShare: Double
        /// How prices are spread over their range.
        public var priceScale: PriceScale

        /// Options. The shares are a plain choice: text says most, the category what shelf it is, the price settles
        /// ties. They are divided by their sum; a share of 0 leaves the block out.
        ///
        /// Text has more features here than by itself, and pairs of words. On a year of a real gift shop's orders (UCI
        /// Online Retail: short names and prices, no categories; last fifth of the training part of the temporal split) a
        /// ``ContentModel`` reaches nDCG@10 of 0.056 with 500 words, 0.066 with all 1,800 and 0.069 with pairs of words
        /// too: it is the rare word that two products of a kind share.
        public init(
            text: TFIDFVectorizer.Options = TFIDFVectorizer.Options(maximumFeatures: 20_000, longestTerm: 2),
            textShare: Double = 0.6,
            categoryShare: Double = 0.3,
            priceShare: Double = 0.1,
            priceScale: PriceScale = .logarithmic
        ) {
            let shares = [textShare, categoryShare, priceShare]
            precondition(shares.allSatisfy { $0 >= 0 && $0.isFinite }, "a share must be at least 0")
            precondition(shares.contains { $0 > 0 }, "at least one block is needed")
            self.text = text
            self.textShare = textShare
            self.categoryShare = categoryShare
            self.priceShare = priceShare
            self.priceScale = priceScale
        }
    }

    /// Vectors of products from text, category and price, side by side: TF-IDF of "name description", a 1 at the
    /// category, and the price as the point cos, sin on a quarter of a circle, from the cheapest product to the dearest.
    ///
    /// Each block of a row has length 1 before it is multiplied by the root of its share, so that no block's scale wins
    /// and the cosine of two products with all three is textShare · cosine of texts + categoryShare · (1 for the same
    /// category) + priceShare · cosine of the angle between the prices, 1 for the same price and 0 for the two ends. A
    /// bare number from 0 to 1 would make the dearest products alike and the cheapest like nothing. What is not known
    /// of a product has no elements, and the rest of its row makes up the whole length; but a price alone describes
    /// nothing, so a product without a term or category has an empty row.
    ///
    /// All columns have the length of `names`, or are empty where the shop has none (precondition). A category of nil
    /// or "" is none; a price that is negative or not finite is not known. Cost: that of
    /// ``TFIDFVectorizer/fitTransform(_:options:)``.
    public static func build(
        names: [String],
        descriptions: [String] = [],
        categories: [String?] = [],
        prices: [Float] = [],
        options: Options = Options()
    ) -> ProductFeatures {
        ProductFeatureSpace.fit(ProductColumns(names, descriptions, categories, prices), options)
    }

    /// Products by who met them: one feature a user. What two products then have in common is their customers, so this
    /// serves to compare what is written about products with how they are used.
    ///
    /// - Throws: ``FitError`` for a users × items matrix without entries or with a value that is not finite.
    public static func interactions(_ matrix: CSRMatrix) throws(FitError) -> ProductFeatures {
        try matrix.checkFittable()
        return ProductFeatures(
            matrix: matrix.transposed().l2Normalized(),
            categories: [Int32](repeating: -1, count: matrix.columnCount),
            categoryNames: [],
            prices: [Float](repeating: .nan, count: matrix.columnCount)
        )
    }
}

extension ProductFeatures {
    /// Some of the products, in the given order. Cost: O(their features).
    public func selecting(_ items: [Int32]) -> ProductFeatures {
        var rows = CSRRows(rows: items.count)
        rows.append(matrix, rows: items)
        return with(rows, categories: items.map { categories[Int($0)] }, prices: items.map { prices[Int($0)] })
    }

    /// These products and then others of the same space (precondition).
    public func appending(_ others: ProductFeatures) -> ProductFeatures {
        precondition(
            others.matrix.columnCount == matrix.columnCount && others.categoryNames == categoryNames,
            "features of another space"
        )
        var rows = CSRRows(rows: itemCount + others.itemCount)
        for part in [matrix, others.matrix] { rows.append(part, rows: (0..<Int32(part.rowCount)).map(\.self)) }
        return with(rows, categories: categories + others.categories, prices: prices + others.prices)
    }

    private func with(_ rows: CSRRows, categories: [Int32], prices: [Float]) -> ProductFeatures {
        ProductFeatures(
            matrix: rows.matrix(columnCount: matrix.columnCount),
            categories: categories,
            categoryNames: categoryNames,
            prices: prices,
            space: space
        )
    }

    /// The cosine of one of the products with one of others of the same space. Cost: O(their features).
    public func cosine(of row: Int, with other: Int, of others: ProductFeatures) -> Float {
        var sum: Float = 0
        for entry in matrix.entries(ofRow: row) {
            sum += matrix.values[entry] * others.matrix.value(row: other, column: matrix.indices[entry])
        }
        return sum
    }
}

extension ProductFeatures {
    /// The matrix as scipy stores one, with categories and prices beside it, and how it was made under `space.`.
    public func archive() -> NPZArchive {
        var archive = matrix.archive()
        archive.arrays.append(NPYArray(name: "categories", categories))
        archive.append(strings: categoryNames, name: "category_names")
        archive.arrays.append(NPYArray(name: "prices", prices))
        if let space { archive.append(space.archive(), under: "space.") }
        return archive
    }

    /// Restores features; refuses columns of different length and categories without a name.
    public init(archive: NPZArchive) throws(ArchiveError) {
        let matrix = try CSRMatrix(archive: archive)
        let categories = try archive.int32s("categories")
        let names = try archive.strings("category_names")
        let prices = try archive.floats("prices")
        guard categories.count == matrix.rowCount else {
            throw ArchiveError(
                .wrongShape,
                "categories",
                "has \(categories.count) elements for \(matrix.rowCount) items"
            )
        }
        guard categories.allSatisfy({ $0 >= -1 && Int($0) < names.count }) else {
            throw ArchiveError(.invalidContents, "categories", "holds a category without a name")
        }
        guard prices.count == matrix.rowCount else {
            throw ArchiveError(.wrongShape, "prices", "has \(prices.count) elements for \(matrix.rowCount) items")
        }
        var space: ProductFeatureSpace?
        let part = archive.part("space.")
        if !part.arrays.isEmpty {
            space = try ProductFeatureSpace(archive: part, categories: names)
            guard space?.featureCount == matrix.columnCount else {
                throw ArchiveError(.wrongShape, "space", "has other features than the matrix")
            }
        }
        self.init(matrix: matrix, categories: categories, categoryNames: names, prices: prices, space: space)
    }
}
