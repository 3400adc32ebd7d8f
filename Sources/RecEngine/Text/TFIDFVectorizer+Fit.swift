import RealModule

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
        var indptr = [0]
        var indices: [Int32] = []
        var values: [Float] = []
        indptr.reserveCapacity(rowCount + 1)
        indices.reserveCapacity(counts.entries.count)
        values.reserveCapacity(counts.entries.count)
        // Column in the upper half, count in the lower: sorting these sorts the row.
        var row: [UInt64] = []
        var weights: [Double] = []
        for text in 0..<rowCount {
            row.removeAll(keepingCapacity: true)
            for place in counts.indptr[text]..<counts.indptr[text + 1] {
                let entry = counts.entries[place]
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
                indices.append(Int32(truncatingIfNeeded: term >> 32))
                values.append(Float(weight / length))
            }
            indptr.append(indices.count)
        }
        return CSRMatrix(
            rowCount: rowCount,
            columnCount: vocabulary.count,
            indptr: indptr,
            indices: indices,
            values: values
        )
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
