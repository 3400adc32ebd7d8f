extension UserKNN {
    /// The weighed matrix as scipy stores one, with the items' weights and the options beside it.
    public func archive() -> NPZArchive {
        var archive = users.archive()
        archive.arrays.append(NPYArray(name: "algorithm", string: Self.algorithm))
        archive.arrays.append(NPYArray(name: "item_weights", itemWeights))
        archive.arrays.append(NPYArray(name: "neighbours", number: Double(options.neighbours)))
        archive.arrays.append(NPYArray(name: "shrinkage", number: Double(options.shrinkage)))
        archive.arrays.append(NPYArray(name: "saturation", number: Double(options.saturation)))
        archive.arrays.append(NPYArray(name: "half_life", number: options.halfLife ?? 0))
        archive.arrays.append(NPYArray(name: "weighs_items", number: options.weighsItems ? 1 : 0))
        return archive
    }

    /// Restores a model, checking the matrix and the weights.
    public init(archive: NPZArchive) throws(ArchiveError) {
        try archive.require(algorithm: Self.algorithm)
        let matrix = try CSRMatrix(archive: archive)
        let itemWeights = try archive.floats("item_weights")
        guard itemWeights.count == matrix.columnCount, itemWeights.allSatisfy({ $0 >= 0 && $0.isFinite }) else {
            throw ArchiveError(.invalidContents, "item_weights", "must be one number of at least 0 for each item")
        }
        let options = Options(
            neighbours: try archive.integer("neighbours", in: 1...Int(Int32.max)),
            shrinkage: try archive.nonNegative("shrinkage"),
            saturation: try archive.nonNegative("saturation"),
            halfLife: try archive.halfLife(),
            weighsItems: try archive.integer("weighs_items", in: 0...1) == 1
        )
        self.init(options: options, users: matrix, itemWeights: itemWeights)
    }
}
