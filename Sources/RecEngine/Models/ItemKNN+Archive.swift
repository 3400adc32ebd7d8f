extension ItemKNN {
    /// The similarity matrix as scipy stores one, with the options beside it.
    public func archive() -> NPZArchive {
        var archive = similarity.archive()
        archive.arrays.append(NPYArray(name: "algorithm", string: Self.algorithm))
        switch options.weighting {
        case .cosine:
            archive.arrays.append(NPYArray(name: "weighting", string: "cosine"))
        case .bm25(let k1, let b):
            archive.arrays.append(NPYArray(name: "weighting", string: "bm25"))
            archive.arrays.append(NPYArray(name: "bm25", [k1, b]))
        case .tfidf: archive.arrays.append(NPYArray(name: "weighting", string: "tfidf"))
        case .jaccard: archive.arrays.append(NPYArray(name: "weighting", string: "jaccard"))
        case .lift: archive.arrays.append(NPYArray(name: "weighting", string: "lift"))
        }
        archive.arrays.append(NPYArray(name: "neighbours", number: Double(options.neighbours)))
        archive.arrays.append(NPYArray(name: "shrinkage", number: Double(options.shrinkage)))
        archive.arrays.append(NPYArray(name: "saturation", number: Double(options.saturation)))
        archive.arrays.append(NPYArray(name: "half_life", number: options.halfLife ?? 0))
        return archive
    }

    /// Restores a model; refuses arrays that break what the kernels rely on.
    public init(archive: NPZArchive) throws(ArchiveError) {
        try archive.require(algorithm: Self.algorithm)
        let similarity = try CSRMatrix(squareOf: archive)
        var options = Options()
        switch try archive.string("weighting") {
        case "cosine": options.weighting = .cosine
        case "bm25":
            let parameters = try archive.floats("bm25")
            guard parameters.count == 2, parameters[0] >= 0, parameters[0].isFinite, (0...1).contains(parameters[1])
            else { throw ArchiveError(.invalidContents, "bm25", "must be k1 of at least 0 and b of 0 to 1") }
            options.weighting = .bm25(k1: parameters[0], b: parameters[1])
        case "tfidf": options.weighting = .tfidf
        case "jaccard": options.weighting = .jaccard
        case "lift": options.weighting = .lift
        case let other: throw ArchiveError(.invalidContents, "weighting", "is \(other), which is not known")
        }
        options.neighbours = try archive.integer("neighbours", in: 1...Int(Int32.max))
        options.shrinkage = try archive.nonNegative("shrinkage")
        options.saturation = try archive.nonNegative("saturation")
        options.halfLife = try archive.halfLife()
        self.init(options: options, similarity: similarity)
    }
}
