import RealModule

/// How the texts, categories and prices of some products became vectors: what it takes to place a product beside them that
/// was added later.
public struct ProductFeatureSpace: Sendable, Equatable {
    /// How products become vectors.
    public let options: ProductFeatures.Options
    /// The words of the products that the space was made of.
    let vectorizer: TFIDFVectorizer
    /// Their categories.
    let encoder: OneHotEncoder
    /// The range of their prices, spread as the options say.
    let prices: MinMaxScaler

    /// Learns words, categories and prices, and gives the products' vectors; see
    /// ``ProductFeatures/build(names:descriptions:categories:prices:options:)``.
    static func fit(_ columns: ProductColumns, _ options: ProductFeatures.Options) -> ProductFeatures {
        let (vectorizer, texts) = TFIDFVectorizer.fitTransform(columns.texts, options: options.text)
        let encoder = OneHotEncoder.fit(columns.categories)
        let isDescribed = columns.isDescribed(texts, encoder, options)
        let spread = zip(columns.prices, isDescribed).map { $1 ? options.spread($0) : .nan }
        let space = ProductFeatureSpace(
            options: options,
            vectorizer: vectorizer,
            encoder: encoder,
            prices: MinMaxScaler.fit(spread)
        )
        return space.features(columns, texts: texts)
    }

    /// The vectors of other products in this space. Words and categories that the space does not have say nothing; a price
    /// outside its range is taken as the nearer end. Columns as in
    /// ``ProductFeatures/build(names:descriptions:categories:prices:options:)``. Cost: O(bytes).
    public func features(
        names: [String],
        descriptions: [String] = [],
        categories: [String?] = [],
        prices: [Float] = []
    ) -> ProductFeatures {
        let columns = ProductColumns(names, descriptions, categories, prices)
        return features(columns, texts: vectorizer.transform(columns.texts))
    }

    private func features(_ columns: ProductColumns, texts: CSRMatrix) -> ProductFeatures {
        let indices =
            columns.categories.isEmpty
            ? [Int32](repeating: -1, count: columns.count) : encoder.indices(of: columns.categories)
        var blocks: [(matrix: CSRMatrix, factor: Double)] = []
        if options.textShare > 0 { blocks.append((texts.l2Normalized(), options.textShare.squareRoot())) }
        if options.categoryShare > 0 {
            let block = OneHotEncoder.matrix(of: indices, columnCount: encoder.categories.count)
            blocks.append((block, options.categoryShare.squareRoot()))
        }
        if options.priceShare > 0 {
            let isDescribed = columns.isDescribed(texts, encoder, options)
            let spread = zip(columns.prices, isDescribed).map { $1 ? options.spread($0) : .nan }
            blocks.append((priceBlock(spread), options.priceShare.squareRoot()))
        }
        return ProductFeatures(
            matrix: CSRMatrix.joined(blocks, rowCount: columns.count).l2Normalized(),
            categories: indices,
            categoryNames: encoder.categories,
            prices: columns.prices,
            space: self
        )
    }

    /// Two columns with the prices on a quarter of a circle; none when all prices were equal, which says nothing.
    private func priceBlock(_ spread: [Float]) -> CSRMatrix {
        guard !prices.isConstant else { return CSRMatrix(rowCount: spread.count, columnCount: 0) }
        var builder = COOBuilder(rowCount: spread.count, columnCount: 2)
        for (row, price) in spread.enumerated() where !price.isNaN {
            let position = Double(prices.transform(price))
            if position < 1 { builder.append(row: Int32(row), column: 0, value: Float(Double.cos(position * .pi / 2))) }
            if position > 0 { builder.append(row: Int32(row), column: 1, value: Float(Double.sin(position * .pi / 2))) }
        }
        return builder.build(combining: .sum)
    }
}

/// What is said of products, column by column.
struct ProductColumns {
    let texts: [String]
    /// Empty where the shop has none.
    let categories: [String?]
    /// NaN where a price is not known.
    let prices: [Float]

    var count: Int { texts.count }

    init(_ names: [String], _ descriptions: [String], _ categories: [String?], _ prices: [Float]) {
        let count = names.count
        precondition(descriptions.isEmpty || descriptions.count == count, "columns of different length")
        precondition(categories.isEmpty || categories.count == count, "columns of different length")
        precondition(prices.isEmpty || prices.count == count, "columns of different length")
        texts = descriptions.isEmpty ? names : zip(names, descriptions).map { $0 + " " + $1 }
        self.categories = categories
        self.prices =
            prices.isEmpty
            ? [Float](repeating: .nan, count: count) : prices.map { $0 >= 0 && $0.isFinite ? $0 : .nan }
    }

    /// Whether a product has a word or a category: a price alone describes nothing, unless prices are all there is.
    fileprivate func isDescribed(
        _ words: CSRMatrix,
        _ encoder: OneHotEncoder,
        _ options: ProductFeatures.Options
    ) -> [Bool] {
        guard options.textShare > 0 || options.categoryShare > 0 else {
            return [Bool](repeating: true, count: count)
        }
        let indices = categories.isEmpty ? [] : encoder.indices(of: categories)
        return (0..<count).map { row in
            options.textShare > 0 && !words.entries(ofRow: row).isEmpty
                || options.categoryShare > 0 && !indices.isEmpty && indices[row] >= 0
        }
    }
}

extension ProductFeatures.Options {
    /// A price on the scale on which prices are compared.
    fileprivate func spread(_ price: Float) -> Float {
        priceScale == .linear ? price : Float.log(onePlus: price)
    }
}

extension ProductFeatureSpace {
    /// The words with their frequencies, and what else makes vectors of products; the categories are in the features that the
    /// space comes with.
    func archive() -> NPZArchive {
        var archive = NPZArchive([
            NPYArray(name: "shares", [options.textShare, options.categoryShare, options.priceShare]),
            NPYArray(name: "price_scale", string: options.priceScale.rawValue),
            NPYArray(name: "price_range", [prices.minimum, prices.maximum]),
        ])
        archive.append(vectorizer.archive(), under: "text.")
        return archive
    }

    /// Restores a space; refuses shares and a range of prices that make no sense.
    init(archive: NPZArchive, categories: [String]) throws(ArchiveError) {
        let shares = try archive.doubles("shares")
        guard shares.count == 3, shares.allSatisfy({ $0 >= 0 && $0.isFinite }), shares.contains(where: { $0 > 0 })
        else { throw ArchiveError(.invalidContents, "shares", "must be three numbers of at least 0, one above 0") }
        let name = try archive.string("price_scale")
        guard let scale = ProductFeatures.Options.PriceScale(rawValue: name) else {
            throw ArchiveError(.invalidContents, "price_scale", "is \(name), which is not known")
        }
        let range = try archive.floats("price_range")
        guard range.count == 2, range.allSatisfy(\.isFinite), range[0] <= range[1] else {
            throw ArchiveError(.invalidContents, "price_range", "must be two ascending numbers")
        }
        let vectorizer = try TFIDFVectorizer(archive: archive.part("text."))
        self.init(
            options: ProductFeatures.Options(
                text: vectorizer.options,
                textShare: shares[0],
                categoryShare: shares[1],
                priceShare: shares[2],
                priceScale: scale
            ),
            vectorizer: vectorizer,
            encoder: OneHotEncoder(categories: categories),
            prices: MinMaxScaler(minimum: range[0], maximum: range[1])
        )
    }

    /// Columns of the vectors.
    var featureCount: Int {
        (options.textShare > 0 ? vectorizer.featureCount : 0)
            + (options.categoryShare > 0 ? encoder.categories.count : 0)
            + (options.priceShare > 0 && !prices.isConstant ? 2 : 0)
    }
}
