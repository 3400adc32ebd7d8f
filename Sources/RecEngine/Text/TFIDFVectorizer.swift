import RealModule

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

extension TFIDFVectorizer {
    /// Learns vocabulary and frequencies. Texts without a single term are legal; the vocabulary is then empty.
    ///
    /// Cost: O(bytes + terms · log terms), some 30 to 60 ns a word; 8 bytes of memory for each term of each text.
    public static func fit(_ texts: [String], options: Options = Options()) -> TFIDFVectorizer {
        learn(texts, options).vectorizer
    }

    /// Learns from texts and gives their vectors, texts × terms, reading the texts once.
    public static func fitTransform(
        _ texts: [String],
        options: Options = Options()
    ) -> (vectorizer: TFIDFVectorizer, matrix: CSRMatrix) {
        let (vectorizer, counts, columns) = learn(texts, options)
        return (vectorizer, vectorizer.weighted(counts, columns: columns))
    }

    /// The vectors of texts, texts × terms. Terms that are not in the vocabulary count nothing; a text without a term
    /// has an empty row. Cost: O(bytes).
    public func transform(_ texts: [String]) -> CSRMatrix {
        let counts = TermCounts(texts, vocabulary: table, stopWords: options.stopWords, ngrams: options.termLengths)
        return weighted(counts, columns: Array(0..<Int32(vocabulary.count)))
    }

    private static func learn(
        _ texts: [String],
        _ options: Options
    ) -> (vectorizer: TFIDFVectorizer, counts: TermCounts, columns: [Int32]) {
        let counts = TermCounts(texts, stopWords: options.stopWords, ngrams: options.termLengths)
        let kept = counts.selected(options, textCount: texts.count)
        var columns = [Int32](repeating: -1, count: counts.table.count)
        for (column, term) in kept.enumerated() { columns[term] = Int32(column) }
        let smoothing = options.isSmooth ? 1.0 : 0.0
        let idf = kept.map { term in
            Double.log((Double(texts.count) + smoothing) / (Double(counts.tallies[term].texts) + smoothing)) + 1
        }
        let vectorizer = TFIDFVectorizer(options: options, vocabulary: kept.map(counts.table.text), idf: idf)
        return (vectorizer, counts, columns)
    }

    /// Rows of weights, in double precision until the last. `columns` gives each counted term's column, −1 for none.
    private func weighted(_ counts: TermCounts, columns: [Int32]) -> CSRMatrix {
        let rowCount = counts.indptr.count - 1
        var rows = CSRRows(rows: rowCount, entries: counts.entries.count)
        // Column in the upper half, count in the lower: sorting these sorts the row.
        var row: [UInt64] = []
        var weights: [Double] = []
        for text in 0..<rowCount {
            row.removeAll(keepingCapacity: true)
            for position in counts.indptr[text]..<counts.indptr[text + 1] {
                let entry = counts.entries[position]
                let column = columns[Int(entry.term)]
                if column >= 0 { row.append(UInt64(column) << 32 | UInt64(entry.count)) }
            }
            row.sort()
            weights.removeAll(keepingCapacity: true)
            for term in row {
                let count = Double(term & 0xFFFF_FFFF)
                let frequency = options.isSublinear && count > 1 ? 1 + Double.log(count) : count
                weights.append(frequency * idf[Int(term >> 32)])
            }
            let length = options.norm.length(of: weights)
            for (term, weight) in zip(row, weights) {
                rows.append(Int32(truncatingIfNeeded: term >> 32), Float(weight / length))
            }
            rows.endRow()
        }
        return rows.matrix(columnCount: vocabulary.count)
    }
}

extension TFIDFVectorizer.Options {
    /// Numbers of words a term may have.
    var termLengths: ClosedRange<Int> { shortestTerm...longestTerm }
}

extension TFIDFVectorizer.Options.Norm {
    /// What to divide weights by, all of them positive.
    fileprivate func length(of weights: [Double]) -> Double {
        switch self {
        case .none: 1
        case .l1: weights.reduce(0, +)
        case .l2: weights.reduce(0) { $0 + $1 * $1 }.squareRoot()
        }
    }
}

extension TermCounts {
    /// The terms that stay, by name ascending.
    fileprivate func selected(_ options: TFIDFVectorizer.Options, textCount: Int) -> [Int] {
        let most = options.maximumTextShare * Double(textCount)
        var kept = (0..<table.count).filter { term in
            tallies[term].texts >= options.minimumTexts && Double(tallies[term].texts) <= most
        }
        if let limit = options.maximumFeatures, limit < kept.count {
            // Only the terms as frequent as the last one that fits need to be ordered by name.
            let least = kept.map { tallies[$0].total }.sorted(by: >)[limit - 1]
            let ties = kept.filter { tallies[$0].total == least }.sorted(by: table.isBefore)
            kept = kept.filter { tallies[$0].total > least }
            kept += ties.prefix(limit - kept.count)
        }
        return kept.sorted(by: table.isBefore)
    }
}

extension TFIDFVectorizer {
    /// Vocabulary, frequencies and options as named arrays.
    public func archive() -> NPZArchive {
        var archive = NPZArchive([
            NPYArray(name: "algorithm", string: Self.algorithm),
            NPYArray(name: "idf", idf),
            NPYArray(name: "maximum_features", number: Double(options.maximumFeatures ?? 0)),
            NPYArray(name: "stop_words", string: options.stopWords.rawValue),
            NPYArray(name: "sublinear", number: options.isSublinear ? 1 : 0),
            NPYArray(name: "norm", string: options.norm.rawValue),
            NPYArray(name: "smooth", number: options.isSmooth ? 1 : 0),
            NPYArray(name: "minimum_texts", number: Double(options.minimumTexts)),
            NPYArray(name: "maximum_text_share", number: options.maximumTextShare),
            NPYArray(name: "term_lengths", [options.shortestTerm, options.longestTerm]),
        ])
        archive.append(strings: vocabulary, name: "vocabulary")
        return archive
    }

    /// Restores a vectorizer; refuses a vocabulary that is not in order or does not fit its frequencies.
    public init(archive: NPZArchive) throws(ArchiveError) {
        try archive.require(algorithm: Self.algorithm)
        let vocabulary = try archive.strings("vocabulary")
        let idf = try archive.doubles("idf")
        guard idf.count == vocabulary.count else {
            throw ArchiveError(.wrongShape, "idf", "has \(idf.count) elements for \(vocabulary.count) terms")
        }
        guard idf.allSatisfy(\.isFinite) else {
            throw ArchiveError(.invalidContents, "idf", "holds a value that is not finite")
        }
        let isAscending = zip(vocabulary, vocabulary.dropFirst()).allSatisfy {
            $0.utf8.lexicographicallyPrecedes($1.utf8)
        }
        guard isAscending else { throw ArchiveError(.invalidContents, "vocabulary", "is not in ascending order") }
        self.init(options: try archive.textOptions(), vocabulary: vocabulary, idf: idf)
    }

    private static let algorithm = "tfidf"
}

extension NPZArchive {
    fileprivate func textOptions() throws(ArchiveError) -> TFIDFVectorizer.Options {
        var options = TFIDFVectorizer.Options()
        let limit = try integer("maximum_features", in: 0...Int(Int32.max))
        options.maximumFeatures = limit > 0 ? limit : nil
        guard let stopWords = StopWords(rawValue: try string("stop_words")) else {
            throw ArchiveError(.invalidContents, "stop_words", "is not known")
        }
        guard let norm = TFIDFVectorizer.Options.Norm(rawValue: try string("norm")) else {
            throw ArchiveError(.invalidContents, "norm", "is not known")
        }
        options.stopWords = stopWords
        options.norm = norm
        options.isSublinear = try integer("sublinear", in: 0...1) == 1
        options.isSmooth = try integer("smooth", in: 0...1) == 1
        options.minimumTexts = try integer("minimum_texts", in: 1...Int(Int32.max))
        options.maximumTextShare = try number("maximum_text_share")
        guard (0...1).contains(options.maximumTextShare) else {
            throw ArchiveError(.invalidContents, "maximum_text_share", "is not 0 to 1")
        }
        let lengths = try integers("term_lengths")
        guard lengths.count == 2, lengths[0] > 0, lengths[0] <= lengths[1], lengths[1] <= Int(Int32.max) else {
            throw ArchiveError(.invalidContents, "term_lengths", "are not two ascending numbers of words")
        }
        options.shortestTerm = lengths[0]
        options.longestTerm = lengths[1]
        return options
    }
}
