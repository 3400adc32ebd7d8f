extension TruncatedSVD {
    /// The item factors as items × factors 32-bit floats and the singular values, with the options beside them.
    public func archive() -> NPZArchive {
        NPZArchive([
            NPYArray(name: "algorithm", string: Self.algorithm),
            NPYArray(name: "item_factors", itemFactors),
            NPYArray(name: "singular_values", singularValues),
            NPYArray(name: "iterations", number: Double(options.iterations)),
            NPYArray(name: "oversampling", number: Double(options.oversampling)),
            NPYArray(name: "seed", [Int64(bitPattern: options.seed)]),
            NPYArray(name: "saturation", number: Double(options.saturation)),
            NPYArray(name: "half_life", number: options.halfLife ?? 0),
        ])
    }

    /// Restores a model; refuses arrays that break what the kernels rely on.
    public init(archive: NPZArchive) throws(ArchiveError) {
        try archive.require(algorithm: Self.algorithm)
        let itemFactors = try archive.matrix("item_factors")
        guard (1...4096).contains(itemFactors.columnCount) else {
            throw ArchiveError(.wrongShape, "item_factors", "must have 1 to 4096 columns")
        }
        let values = try archive.floats("singular_values")
        guard values.count == itemFactors.columnCount else {
            throw ArchiveError(.wrongShape, "singular_values", "must be one a factor")
        }
        guard values.allSatisfy({ $0 >= 0 && $0.isFinite }) else {
            throw ArchiveError(.invalidContents, "singular_values", "must be finite and at least 0")
        }
        let seed = try archive.integers("seed")
        guard seed.count == 1 else { throw ArchiveError(.wrongShape, "seed", "must be one number") }
        let options = Options(
            factors: itemFactors.columnCount,
            iterations: try archive.integer("iterations", in: 0...100),
            oversampling: try archive.integer("oversampling", in: 0...4096),
            seed: UInt64(bitPattern: Int64(seed[0])),
            saturation: try archive.nonNegative("saturation"),
            halfLife: try archive.halfLife()
        )
        self.init(options: options, itemFactors: itemFactors, singularValues: values)
    }
}
