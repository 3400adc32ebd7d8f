extension EASE {
    /// The weights as one array of items × items 32-bit floats, with the options beside it.
    public func archive() -> NPZArchive {
        NPZArchive([
            NPYArray(name: "algorithm", string: Self.algorithm),
            NPYArray(name: "weights", weights),
            NPYArray(name: "regularization", number: Double(options.regularization)),
            NPYArray(name: "relative_regularization", number: Double(options.relativeRegularization)),
            NPYArray(name: "content_weight", number: Double(options.contentWeight)),
            NPYArray(name: "saturation", number: Double(options.saturation)),
            NPYArray(name: "fit_half_life", number: options.fitHalfLife ?? 0),
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
        let relative = try archive.nonNegative("relative_regularization")
        guard regularization + relative > 0, (regularization + relative).isFinite else {
            throw ArchiveError(.invalidContents, "regularization", "must be positive")
        }
        let options = Options(
            regularization: regularization,
            relativeRegularization: relative,
            contentWeight: try archive.nonNegative("content_weight"),
            fitHalfLife: try archive.halfLife("fit_half_life"),
            halfLife: try archive.halfLife(),
            saturation: try archive.nonNegative("saturation"),
            memoryLimit: try archive.integer("memory_limit", in: 0...Int(1) << 53)
        )
        self.init(options: options, weights: weights)
    }
}
