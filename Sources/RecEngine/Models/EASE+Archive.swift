extension EASE {
    /// The weights as one array of items × items 32-bit floats, with the options beside it.
    public func archive() -> NPZArchive {
        NPZArchive([
            NPYArray(name: "algorithm", string: Self.algorithm),
            NPYArray(name: "weights", weights),
            NPYArray(name: "regularization", number: Double(options.regularization)),
            NPYArray(name: "saturation", number: Double(options.saturation)),
            NPYArray(name: "half_life", number: options.halfLife ?? 0),
            NPYArray(name: "memory_limit", number: Double(options.memoryLimit)),
        ])
    }

    /// Restores a model; refuses arrays that break what the kernels rely on.
    public init(archive: NPZArchive) throws(ArchiveError) {
        try archive.require(algorithm: Self.algorithm)
        let weights = try archive.matrix("weights")
        guard weights.rowCount == weights.columnCount else {
            throw ArchiveError(.wrongShape, "weights", "must be square")
        }
        let regularization = try archive.nonNegative("regularization")
        guard regularization > 0 else { throw ArchiveError(.invalidContents, "regularization", "must be positive") }
        let options = Options(
            regularization: regularization,
            halfLife: try archive.halfLife(),
            saturation: try archive.nonNegative("saturation"),
            memoryLimit: try archive.integer("memory_limit", in: 0...Int(1) << 53)
        )
        self.init(options: options, weights: weights)
    }
}
