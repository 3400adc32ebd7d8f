package import RecEngine
import Shop

/// The matrices that a model was fitted from, for people and other tools: `features/{version}/`.
///
/// | file | what |
/// |---|---|
/// | `interactions.npz` | customers × products: the weight with which each met each (scipy.sparse) |
/// | `product_terms.npz` | products × terms: TF-IDF of name and description (scipy.sparse) |
/// | `product_categories.npz` | products × categories: 1 at the category (scipy.sparse) |
/// | `user_preferences.npz` | customers × terms and categories: the sum of their products' features by weight, length 1 (scipy.sparse) |
/// | `labels.npz` | `user_key`, `product_key`, `product_id`, `term`, `category`, `price` from 0 to 1 (numpy) |
///
/// Rows are in the order of the model's items and of the job's customers.
package struct FeatureMatrices: Sendable {
    private let features: ProductFeatures
    private let terms: CSRMatrix
    private let categories: CSRMatrix
    private let labels: NPZArchive

    /// Share of the terms in a product's features; the rest is its category's.
    private static let termShare = 0.7

    /// Products that have left the catalogue have empty rows.
    package init(_ dataset: Dataset) {
        let rows = dataset.products
        let texts = rows.map { product in
            guard let product else { return "" }
            return product.description == product.name ? product.name : "\(product.name) \(product.description)"
        }
        let (vectorizer, terms) = TFIDFVectorizer.fitTransform(texts)
        let encoder = OneHotEncoder.fit(rows.map { $0?.category })
        self.terms = terms
        categories = encoder.transform(rows.map { $0?.category })
        let prices = rows.map { $0.map { Float($0.priceMinor) / 100 } ?? .nan }
        let known = prices.filter(\.isFinite)
        let scaler = MinMaxScaler.fit(known.isEmpty ? [0] : known)
        features = ProductFeatures(
            matrix: CSRMatrix.joined(
                [(terms, Self.termShare.squareRoot()), (categories, (1 - Self.termShare).squareRoot())],
                rowCount: rows.count
            ).l2Normalized(),
            categories: encoder.indices(of: rows.map { $0?.category }),
            categoryNames: encoder.categories,
            prices: prices
        )
        labels = NPZArchive([
            NPYArray(name: "user_key", dataset.users.keys),
            NPYArray(name: "product_key", dataset.items.keys),
            Self.text("product_id", dataset.productIDs),
            Self.text("term", vectorizer.vocabulary),
            Self.text("category", encoder.categories),
            NPYArray(name: "price", prices.map { $0.isFinite ? scaler.transform($0) : .nan }),
        ])
    }

    /// Writes the files; the same data gives the same bytes.
    /// - Returns: what the model's manifest says of them.
    package func save(version: String, profiles: ProfileTable, log: InteractionLog, in blobs: any BlobStore)
        async throws
        -> [ModelManifest.File]
    {
        let preferences = try await UserPreferences.vectors(log, features: features, now: log.times.max() ?? 0)
        var files: [ModelManifest.File] = []
        for (name, archive) in [
            ("interactions.npz", profiles.matrix().archive()), ("product_terms.npz", terms.archive()),
            ("product_categories.npz", categories.archive()), ("user_preferences.npz", preferences.archive()),
            ("labels.npz", labels),
        ] {
            files.append(try await blobs.put(archive, as: name, in: "features/\(version)"))
        }
        return files
    }

    /// UTF-8 in fixed width, as numpy's `S` type has it.
    private static func text(_ name: String, _ values: [String]) -> NPYArray {
        let bytes = values.map { Array($0.utf8) }
        return NPYArray(
            name: name,
            shape: [values.count],
            storage: .bytes(bytes, width: max(1, bytes.map(\.count).max() ?? 1))
        )
    }
}
