extension RP3Beta {
    /// The matrix W as scipy stores one, with the options beside it.
    public func archive() -> NPZArchive {
        var archive = similarity.archive()
        archive.arrays.append(NPYArray(name: "algorithm", string: Self.algorithm))
        archive.arrays.append(NPYArray(name: "alpha", number: Double(options.alpha)))
        archive.arrays.append(NPYArray(name: "beta", number: Double(options.beta)))
        archive.arrays.append(NPYArray(name: "neighbours", number: Double(options.neighbours)))
        archive.arrays.append(NPYArray(name: "saturation", number: Double(options.saturation)))
        archive.arrays.append(NPYArray(name: "half_life", number: options.halfLife ?? 0))
        return archive
    }

    /// Restores a model; refuses arrays that break what the kernels rely on.
    public init(archive: NPZArchive) throws(ArchiveError) {
        try archive.require(algorithm: Self.algorithm)
        let similarity = try CSRMatrix(squareOf: archive)
        let options = Options(
            alpha: try archive.nonNegative("alpha"),
            beta: try archive.nonNegative("beta"),
            neighbours: try archive.integer("neighbours", in: 1...Int(Int32.max)),
            saturation: try archive.nonNegative("saturation"),
            halfLife: try archive.halfLife()
        )
        self.init(options: options, similarity: similarity)
    }
}
