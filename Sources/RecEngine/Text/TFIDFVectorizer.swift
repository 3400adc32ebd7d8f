/// Turns texts into sparse vectors: how often a word stands in a text, times how rare the word is.
///
/// Salton and Buckley, "Term-weighting approaches in automatic text retrieval" (1988). The numbers are those of
/// scikit-learn's `TfidfVectorizer` on the same texts, up to rounding to `Float`: words are runs of at least two
/// letters, numbers and underscores of the lower-case text, of any script; a word in d of n texts has
/// idf = ln((1 + n) / (1 + d)) + 1 (smooth) or ln(n / d) + 1; an element is term frequency · idf, and rows are divided
/// by their length.
///
/// One thing differs, because there it is chance: of terms that are equally frequent, those that come first by name
/// are kept when `maximumFeatures` cuts between them.
public struct TFIDFVectorizer: Sendable, Equatable {
    /// How texts become vectors.
    public struct Options: Sendable, Equatable, Codable {
        /// What a row is divided by.
        public enum Norm: String, Sendable, Equatable, Codable {
            /// Nothing.
            case none
            /// The sum of the absolute values.
            case l1
            /// The Euclidean length.
            case l2
        }

        /// Most terms of the vocabulary, those that stand in the texts most often; nil for all.
        public var maximumFeatures: Int?
        /// Words left out before anything is counted.
        public var stopWords: StopWords
        /// Whether a term that stands c times in a text counts 1 + ln c instead of c.
        public var isSublinear: Bool
        /// What a row is divided by.
        public var norm: Norm
        /// Whether idf pretends one more text that has every term, which keeps rare terms from weighing too much.
        public var isSmooth: Bool
        /// Fewest texts a term must be in.
        public var minimumTexts: Int
        /// Largest part of the texts a term may be in, 0 to 1.
        public var maximumTextShare: Double
        /// Fewest words of a term.
        public var shortestTerm: Int
        /// Most words of a term; neighbouring words, with a space between them, are terms of their own.
        public var longestTerm: Int

        /// Options. The defaults are those of scikit-learn, but for the 500 features and the English stop words, which
        /// are what a shop's short texts need: on these, rarer words tell products apart and join none.
        public init(
            maximumFeatures: Int? = 500,
            stopWords: StopWords = .english,
            isSublinear: Bool = false,
            norm: Norm = .l2,
            isSmooth: Bool = true,
            minimumTexts: Int = 1,
            maximumTextShare: Double = 1,
            shortestTerm: Int = 1,
            longestTerm: Int = 1
        ) {
            precondition(maximumFeatures.map { $0 > 0 } ?? true, "at least one feature is needed")
            precondition(minimumTexts > 0, "a term must be in at least one text")
            precondition((0...1).contains(maximumTextShare), "a share is 0 to 1")
            precondition(shortestTerm > 0 && shortestTerm <= longestTerm, "a term has at least one word")
            self.maximumFeatures = maximumFeatures
            self.stopWords = stopWords
            self.isSublinear = isSublinear
            self.norm = norm
            self.isSmooth = isSmooth
            self.minimumTexts = minimumTexts
            self.maximumTextShare = maximumTextShare
            self.shortestTerm = shortestTerm
            self.longestTerm = longestTerm
        }
    }

    /// The options it was fitted with.
    public let options: Options
    /// The terms, by Unicode scalars ascending; a term's place is its column.
    public let vocabulary: [String]
    /// Inverse document frequency of each term.
    public let idf: [Double]
    /// The terms again, to be found by bytes.
    let table: TermTable

    /// Number of columns of the vectors.
    public var featureCount: Int { vocabulary.count }

    init(options: Options, vocabulary: [String], idf: [Double]) {
        self.options = options
        self.vocabulary = vocabulary
        self.idf = idf
        self.table = TermTable(vocabulary)
    }

    /// Equal when fitted with the same options to the same terms and frequencies.
    public static func == (left: Self, right: Self) -> Bool {
        left.options == right.options && left.vocabulary == right.vocabulary && left.idf == right.idf
    }
}
