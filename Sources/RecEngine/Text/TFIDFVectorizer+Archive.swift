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
