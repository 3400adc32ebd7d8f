extension ImplicitALS {
    /// The item factors, items × factors, with the options beside them.
    public func archive() -> NPZArchive {
        var values: [Float] = []
        values.reserveCapacity(itemCount * options.factors)
        for item in 0..<itemCount { values += factors[item * width..<item * width + options.factors] }
        return NPZArchive([
            NPYArray(name: "item_factors", shape: [itemCount, options.factors], storage: .float32(values)),
            NPYArray(name: "algorithm", string: Self.algorithm),
            NPYArray(name: "regularization", number: Double(options.regularization)),
            NPYArray(name: "alpha", number: Double(options.alpha)),
            NPYArray(name: "unobserved_weight", number: Double(options.unobservedWeight)),
            NPYArray(name: "regularization_exponent", number: Double(options.regularizationExponent)),
            NPYArray(name: "iterations", number: Double(options.iterations)),
            NPYArray(name: "cg_steps", number: Double(options.cgSteps)),
            NPYArray(name: "seed", [Int64(bitPattern: options.seed)]),
            // −1 stands for none: 0 is a saturation of its own.
            NPYArray(name: "saturation", number: options.saturation.map(Double.init) ?? -1),
            NPYArray(name: "fit_half_life", number: options.fitHalfLife ?? 0),
            NPYArray(name: "half_life", number: options.halfLife ?? 0),
        ])
    }

    /// Restores a model; refuses arrays that break what the kernels rely on.
    public init(archive: NPZArchive) throws(ArchiveError) {
        try archive.require(algorithm: Self.algorithm)
        let values = try archive.floats("item_factors")
        let shape = archive["item_factors"]?.shape ?? []
        guard shape.count == 2, shape[0] <= Int(Int32.max), (1...Options.mostFactors).contains(shape[1]) else {
            throw ArchiveError(.wrongShape, "item_factors", "must be items × 1 to \(Options.mostFactors) factors")
        }
        guard values.allSatisfy(\.isFinite) else {
            throw ArchiveError(.invalidContents, "item_factors", "holds a NaN or infinite value")
        }
        var options = Options(factors: shape[1])
        options.regularization = try archive.positive("regularization")
        options.alpha = try archive.positive("alpha")
        options.unobservedWeight = try archive.positive("unobserved_weight")
        options.regularizationExponent = try archive.nonNegative("regularization_exponent")
        guard options.regularizationExponent <= 1 else {
            throw ArchiveError(.invalidContents, "regularization_exponent", "is above 1")
        }
        options.iterations = try archive.integer("iterations", in: 1...Options.mostRounds)
        options.cgSteps = try archive.integer("cg_steps", in: 1...Options.mostRounds)
        let seeds = try archive.integers("seed")
        guard seeds.count == 1 else { throw ArchiveError(.wrongShape, "seed", "must be one number") }
        options.seed = UInt64(bitPattern: Int64(seeds[0]))
        let saturation = Float(try archive.number("saturation"))
        guard saturation == -1 || (saturation >= 0 && saturation.isFinite) else {
            throw ArchiveError(.invalidContents, "saturation", "is neither −1 nor a finite number of at least 0")
        }
        options.saturation = saturation < 0 ? nil : saturation
        options.fitHalfLife = try archive.halfLife("fit_half_life")
        options.halfLife = try archive.halfLife()
        let width = ALSGram.width(factors: options.factors)
        var factors = [Float](repeating: 0, count: shape[0] * width)
        for item in 0..<shape[0] {
            for factor in 0..<shape[1] { factors[item * width + factor] = values[item * shape[1] + factor] }
        }
        self.init(options: options, itemCount: shape[0], factors: factors)
    }
}

extension NPZArchive {
    /// A number above 0 that a `Float` holds.
    fileprivate func positive(_ name: String) throws(ArchiveError) -> Float {
        let value = try nonNegative(name)
        guard value > 0 else { throw ArchiveError(.invalidContents, name, "is not above 0") }
        return value
    }
}
