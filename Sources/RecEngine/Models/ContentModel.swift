/// Content-based: an item scores by how much it is like the items of the profile, by text, category and price.
///
/// Lops, de Gemmis, Semeraro, "Content-based recommender systems: state of the art and trends" (2011). With x the rows
/// of ``ProductFeatures`` and w the profile's weights, saturated and decayed,
///
///     score(i) = Σ over p of w(p) · (⟨x(p), x(i)⟩ + categoryAffinity · [p and i have the same category]) / Σ |w(p)|
///
/// so it is a mean of similarities, at most 1 + categoryAffinity, and linear in the profile: what an entry contributes is
/// exact, and one with a negative weight pushes away what is like it. It needs no other users, so a new item is
/// recommended as soon as something is known about it. It knows nothing of quality or taste, so where there are
/// interactions, models that learn from them rank better.
public struct ContentModel: Recommender {
    /// Stored name of the algorithm.
    public static let algorithm = "content"

    /// How the model is applied.
    public struct Options: Sendable, Equatable, Codable {
        /// What the same category adds to the similarity of two items, besides what the features say.
        public var categoryAffinity: Float
        /// s of a weight's saturation w · (1 + s) / (|w| + s) in profiles: 0 uses the sign alone.
        public var saturation: Float
        /// Half-life of a profile entry in seconds, counted back from the profile's newest entry; nil for no decay.
        public var halfLife: Double?

        /// Options. Saturation and half-life were chosen on a year of a real gift shop's orders (UCI Online Retail), on
        /// the last fifth of the training part of the temporal split; between 10 and 90 days it hardly matters. That
        /// data has no categories, so the affinity is a plain choice.
        public init(categoryAffinity: Float = 0.1, saturation: Float = 1, halfLife: Double? = 30 * 86_400) {
            precondition(categoryAffinity >= 0 && categoryAffinity.isFinite, "affinity must be at least 0")
            precondition(saturation >= 0 && saturation.isFinite, "saturation must be at least 0")
            precondition(halfLife.map { $0 > 0 } ?? true, "half-life must be positive")
            self.categoryAffinity = categoryAffinity
            self.saturation = saturation
            self.halfLife = halfLife
        }
    }

    /// The options the model was fitted with.
    public let options: Options
    /// What is known of the items.
    public let features: ProductFeatures
    /// Features × items: where each feature occurs.
    let occurrences: CSRMatrix

    /// Number of items.
    public var itemCount: Int { features.itemCount }

    init(options: Options, features: ProductFeatures) {
        self.options = options
        self.features = features
        self.occurrences = features.matrix.transposed()
    }

    /// Takes the features. Cost: O(entries).
    /// - Throws: ``FitError`` for features without entries or with a value that is not finite.
    public static func fit(_ features: ProductFeatures, options: Options = Options()) throws(FitError) -> ContentModel {
        try features.matrix.checkFittable()
        return ContentModel(options: options, features: features)
    }

    /// A workspace; what it holds grows with use.
    public func makeScratch() -> Scratch { Scratch() }

    /// The features and the options.
    public func archive() -> NPZArchive {
        var archive = features.archive()
        archive.arrays.append(NPYArray(name: "algorithm", string: Self.algorithm))
        archive.arrays.append(NPYArray(name: "category_affinity", number: Double(options.categoryAffinity)))
        archive.arrays.append(NPYArray(name: "saturation", number: Double(options.saturation)))
        archive.arrays.append(NPYArray(name: "half_life", number: options.halfLife ?? 0))
        return archive
    }

    /// Restores a model; refuses arrays that break what the kernels rely on.
    public init(archive: NPZArchive) throws(ArchiveError) {
        try archive.require(algorithm: Self.algorithm)
        var options = Options()
        options.categoryAffinity = try archive.nonNegative("category_affinity")
        options.saturation = try archive.nonNegative("saturation")
        options.halfLife = try archive.halfLife()
        self.init(options: options, features: try ProductFeatures(archive: archive))
    }
}
