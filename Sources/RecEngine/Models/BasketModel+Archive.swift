extension BasketModel {
    /// The lifts as scipy stores a matrix, with the common orders of each pair and the options beside them.
    public func archive() -> NPZArchive {
        var archive = similarity.archive()
        archive.arrays.append(NPYArray(name: "algorithm", string: Self.algorithm))
        archive.arrays.append(NPYArray(name: "supports", supports))
        archive.arrays.append(NPYArray(name: "order_counts", orderCounts))
        archive.arrays.append(NPYArray(name: "neighbours", number: Double(options.neighbours)))
        archive.arrays.append(NPYArray(name: "minimum_support", number: Double(options.minimumSupport)))
        archive.arrays.append(NPYArray(name: "shrinkage", number: Double(options.shrinkage)))
        return archive
    }

    /// Restores a model; refuses arrays that do not fit together.
    public init(archive: NPZArchive) throws(ArchiveError) {
        try archive.require(algorithm: Self.algorithm)
        let similarity = try CSRMatrix(squareOf: archive)
        let supports = try archive.int32s("supports")
        guard supports.count == similarity.nonZeroCount, supports.allSatisfy({ $0 > 0 }) else {
            throw ArchiveError(.invalidContents, "supports", "must be one number above 0 for each similarity")
        }
        let counts = try archive.int32s("order_counts")
        guard counts.count == similarity.rowCount, counts.allSatisfy({ $0 >= 0 }) else {
            throw ArchiveError(.invalidContents, "order_counts", "must be one number of at least 0 for each item")
        }
        let options = Options(
            neighbours: try archive.integer("neighbours", in: 1...Int(Int32.max)),
            minimumSupport: try archive.integer("minimum_support", in: 1...Int(Int32.max)),
            shrinkage: try archive.nonNegative("shrinkage")
        )
        self.init(options: options, similarity: similarity, supports: supports, orderCounts: counts)
    }
}
