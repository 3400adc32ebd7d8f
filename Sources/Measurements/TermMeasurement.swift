import RecEngine

/// Vectors of texts.
struct TermMeasurement: ModelMeasurement {
    let texts: [String]
    private var made: (vectorizer: TFIDFVectorizer, matrix: CSRMatrix)?

    init(texts: [String]) { self.texts = texts }

    mutating func run(workers: Int) async throws -> [Figure] {
        made = nil
        let began = ContinuousClock.now
        made = TFIDFVectorizer.fitTransform(texts, options: .init(maximumFeatures: 500, stopWords: .english))
        return fitFigures(since: began)
    }

    /// The vectors, with the term of each column.
    func result() throws -> NPZArchive {
        guard let made else { return NPZArchive() }
        let terms = made.vectorizer.vocabulary
        let width = terms.map(\.unicodeScalars.count).max() ?? 1
        return NPZArchive([
            NPYArray(name: "vocabulary", shape: [terms.count], storage: .text(terms, width: max(width, 1))),
            NPYArray(name: "indptr", made.matrix.indptr.map(Int64.init)),
            NPYArray(name: "indices", made.matrix.indices),
            NPYArray(name: "data", made.matrix.values),
        ])
    }
}
