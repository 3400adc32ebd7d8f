import RealModule

/// Matrix factorisation for implicit feedback by alternating least squares: an item scores the inner product of its
/// factors with the person's.
///
/// Hu, Koren, Volinsky, "Collaborative filtering for implicit feedback datasets" (ICDM 2008), with a few conjugate
/// gradient steps in place of each exact solution (Takács, Pilászy, Tikk, "Applications of the conjugate gradient
/// method for implicit feedback collaborative filtering", RecSys 2011) and regularisation that may grow with a row's
/// entries (Rendle, Krichene, Zhang, Koren, "Revisiting the performance of iALS on item recommendation benchmarks",
/// RecSys 2022). What is minimised, with c = α₀ + α · w for the pairs with an interaction of weight w:
///
///     Σ observed c · (1 − x·y)² + Σ unobserved α₀ · (x·y)² + Σ users λᵤ |x|² + Σ items λᵢ |y|²
///
/// Only the items' factors are kept. A person's are solved for from the profile whenever they are needed, so nobody
/// needs a training row, and there is one way to a list. Items without interactions have factors of 0: they are never
/// recommended and add nothing to a profile. Interactions with a weight at or below 0 count as unobserved.
public struct ImplicitALS: Recommender {
    /// Stored name of the algorithm.
    public static let algorithm = "implicit_als"

    /// How the model is fitted and applied.
    public struct Options: Sendable, Equatable, Codable {
        /// Length of a factor vector.
        public var factors: Int
        /// λ, the strength of the regularisation.
        public var regularization: Float
        /// α: what an interaction of weight 1 adds to a pair's confidence.
        public var alpha: Float
        /// α₀: the confidence of a pair without interaction. Only its ratio to α and λ matters; Hu et al. have 1.
        public var unobservedWeight: Float
        /// ν: a row's λ is λ · (entries + α₀ · rows of the other side)^ν. 0 is the same λ for all rows, 1 Rendle's.
        public var regularizationExponent: Float
        /// Rounds over users and items.
        public var iterations: Int
        /// Conjugate gradient steps for each row and round, each starting from the last round's solution.
        public var cgSteps: Int
        /// Seed of the first item factors.
        public var seed: UInt64
        /// s of a weight's saturation w · (1 + s) / (|w| + s): 0 counts every interaction the same, large values use
        /// the weight itself; nil does too. A weight of 1 stays 1.
        public var saturation: Float?
        /// Half-life in seconds of an interaction in the fit, counted back from the newest of all; nil for no decay. What
        /// goes together now is learnt from what goes together now.
        public var fitHalfLife: Double?
        /// Half-life in seconds of an entry in a profile that is scored, counted back from the profile's newest; nil for
        /// no decay.
        public var halfLife: Double?

        /// Options. The defaults were chosen on a year of a real gift shop's orders (UCI Online Retail), on the last
        /// fifth of the training part of the temporal split, from a random search over factors, λ, α, ν, saturation and
        /// both half-lives, in the middle of a plateau rather than at its peak. The test part of the split took no
        /// part in it. 256 factors were no better there than three seeds differ, at three times the cost.
        public init(
            factors: Int = 128,
            regularization: Float = 0.6,
            alpha: Float = 8,
            unobservedWeight: Float = 1,
            regularizationExponent: Float = 0.5,
            iterations: Int = 15,
            cgSteps: Int = 3,
            seed: UInt64 = 1,
            saturation: Float? = 1,
            fitHalfLife: Double? = 45 * 86_400,
            halfLife: Double? = 45 * 86_400
        ) {
            precondition((1...Self.mostFactors).contains(factors), "factors must be 1 to \(Self.mostFactors)")
            precondition(regularization > 0 && regularization.isFinite, "regularization must be positive")
            precondition(alpha > 0 && alpha.isFinite, "alpha must be positive")
            precondition(unobservedWeight > 0 && unobservedWeight.isFinite, "unobserved weight must be positive")
            precondition((0...1).contains(regularizationExponent), "regularization exponent must be 0 to 1")
            precondition((1...Self.mostRounds).contains(iterations), "at least one iteration is needed")
            precondition((1...Self.mostRounds).contains(cgSteps), "at least one step is needed")
            precondition(saturation.map { $0 >= 0 && $0.isFinite } ?? true, "saturation must be at least 0")
            precondition(fitHalfLife.map { $0 > 0 && $0.isFinite } ?? true, "fit half-life must be positive")
            precondition(halfLife.map { $0 > 0 && $0.isFinite } ?? true, "half-life must be positive")
            self.factors = factors
            self.regularization = regularization
            self.alpha = alpha
            self.unobservedWeight = unobservedWeight
            self.regularizationExponent = regularizationExponent
            self.iterations = iterations
            self.cgSteps = cgSteps
            self.seed = seed
            self.saturation = saturation
            self.fitHalfLife = fitHalfLife
            self.halfLife = halfLife
        }

        /// A Gram matrix of so many factors has 64 MB.
        static let mostFactors = 4_096
        static let mostRounds = 1_000_000

        /// λ of a row with so many entries, the other side having so many rows.
        func ridge(entries: Int, others: Int) -> Float {
            let frequency = Double(entries) + Double(unobservedWeight) * Double(others)
            return regularization * Float(Double.pow(frequency, Double(regularizationExponent)))
        }
    }

    /// The options the model was fitted with.
    public let options: Options
    /// Number of items.
    public let itemCount: Int
    /// Floats of a row of factors: the factors and zeros up to a multiple of 16.
    let width: Int
    /// Item factors, `width` floats an item.
    let factors: [Float]
    /// Euclidean length of each item's factors.
    let norms: [Float]
    /// α₀ times the sum of the outer products of the item factors.
    let gram: [Float]

    /// Prepares the Gram matrix: O(items · factors²). `factors` has whole rows of the padded width.
    init(options: Options, itemCount: Int, factors: [Float]) {
        let width = ALSGram.width(factors: options.factors)
        precondition(factors.count == itemCount * width, "one padded row of factors an item")
        self.options = options
        self.itemCount = itemCount
        self.width = width
        self.factors = factors
        gram = ALSGram.make(rows: factors, width: width, weight: options.unobservedWeight)
        norms = (0..<itemCount).map { item in
            factors[item * width..<(item + 1) * width].reduce(0.0) { $0 + Double($1) * Double($1) }
        }.map { Float($0.squareRoot()) }
    }

    /// The factors of an item; ``Options/factors`` of them. The item is one of the model's (precondition).
    public func itemFactors(_ item: Int32) -> [Float] {
        Array(factors[Int(item) * width..<Int(item) * width + options.factors])
    }

    /// A workspace for this model.
    public func makeScratch() -> Scratch { Scratch() }
}
