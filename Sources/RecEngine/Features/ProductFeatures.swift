import RealModule

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
        let count = names.count
        precondition(descriptions.isEmpty || descriptions.count == count, "columns of different length")
        precondition(categories.isEmpty || categories.count == count, "columns of different length")
        precondition(prices.isEmpty || prices.count == count, "columns of different length")
        let texts = descriptions.isEmpty ? names : zip(names, descriptions).map { $0 + " " + $1 }
        let encoder = OneHotEncoder.fit(categories)
        let indices = categories.isEmpty ? [Int32](repeating: -1, count: count) : encoder.indices(of: categories)
        let known =
            prices.isEmpty
            ? [Float](repeating: .nan, count: count) : prices.map { $0 >= 0 && $0.isFinite ? $0 : .nan }
        var blocks: [(matrix: CSRMatrix, factor: Double)] = []
        if options.textShare > 0 {
            let text = TFIDFVectorizer.fitTransform(texts, options: options.text).matrix
            blocks.append((text.l2Normalized(), options.textShare.squareRoot()))
        }
        if options.categoryShare > 0 {
            let block = OneHotEncoder.matrix(of: indices, columnCount: encoder.categories.count)
            blocks.append((block, options.categoryShare.squareRoot()))
        }
        if options.priceShare > 0 {
            let isDescribed = (0..<count).map { row in blocks.contains { !$0.matrix.entries(ofRow: row).isEmpty } }
            let described = zip(known, isDescribed).map { $1 || blocks.isEmpty ? $0 : .nan }
            blocks.append((priceBlock(described, options.priceScale), options.priceShare.squareRoot()))
        }
        return ProductFeatures(
            matrix: CSRMatrix.joined(blocks, rowCount: count).l2Normalized(),
            categories: indices,
            categoryNames: encoder.categories,
            prices: known
        )
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

    /// Two columns with the prices on a quarter of a circle; empty when all prices are equal, which says nothing.
    private static func priceBlock(_ prices: [Float], _ scale: Options.PriceScale) -> CSRMatrix {
        let spread = scale == .linear ? prices : prices.map { Float.log(onePlus: $0) }
        let scaler = MinMaxScaler.fit(spread)
        guard !scaler.isConstant else { return CSRMatrix(rowCount: prices.count, columnCount: 0) }
        var builder = COOBuilder(rowCount: prices.count, columnCount: 2)
        for (row, price) in spread.enumerated() where !price.isNaN {
            let position = Double(scaler.transform(price))
            if position < 1 { builder.append(row: Int32(row), column: 0, value: Float(Double.cos(position * .pi / 2))) }
            if position > 0 { builder.append(row: Int32(row), column: 1, value: Float(Double.sin(position * .pi / 2))) }
        }
        return builder.build(combining: .sum)
    }
}

extension ProductFeatures {
    /// The matrix as scipy stores one, with categories and prices beside it.
    public func archive() -> NPZArchive {
        var archive = matrix.archive()
        archive.arrays.append(NPYArray(name: "categories", categories))
        archive.append(strings: categoryNames, name: "category_names")
        archive.arrays.append(NPYArray(name: "prices", prices))
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
        self.init(matrix: matrix, categories: categories, categoryNames: names, prices: prices)
    }
}
