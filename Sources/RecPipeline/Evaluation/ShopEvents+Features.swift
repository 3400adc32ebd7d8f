package import RecEngine

extension ShopEvents {
    /// What products say about themselves, as vectors; nil when there is not a word and not one category.
    package func features(_ options: ProductFeatures.Options = .init()) -> ProductFeatures? {
        let isSilent = products.allSatisfy { $0.name.isEmpty && $0.description.isEmpty && $0.category.isEmpty }
        guard !isSilent else { return nil }
        let features = ProductFeatures.build(
            names: products.map(\.name),
            descriptions: products.map { $0.description == $0.name ? "" : $0.description },
            categories: products.map(\.category),
            prices: products.map { $0.price ?? .nan },
            options: options
        )
        return features.matrix.nonZeroCount > 0 ? features : nil
    }
}
