import CKernels
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
/// How strong λ has to be depends on the data: a factor survives when its singular value in the matrix of the c is above
/// the geometric mean of λᵤ and λᵢ. ``Options/relativeRegularization`` therefore measures λ by √(Σ c² / users) +
/// √(Σ c² / items), about the largest singular value of as many entries in random places: one number suits sets of very
/// different size and density without a search.
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
        /// Part of a row's λ in multiples of √(Σ c² / users) + √(Σ c² / items), added to the other one. The mean row has
        /// so much, the others as ν says.
        public var relativeRegularization: Float
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
            relativeRegularization: Float = 0,
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
            self.factors = factors
            self.regularization = regularization
            self.relativeRegularization = relativeRegularization
            self.alpha = alpha
            self.unobservedWeight = unobservedWeight
            self.regularizationExponent = regularizationExponent
            self.iterations = iterations
            self.cgSteps = cgSteps
            self.seed = seed
            self.saturation = saturation
            self.fitHalfLife = fitHalfLife
            self.halfLife = halfLife
            requireValid()
        }

        /// A Gram matrix of so many factors has 64 MB.
        static let mostFactors = 4_096

        /// Reads options; those from before λ could go by the data have an absolute one alone.
        public init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            factors = try values.decode(Int.self, forKey: .factors)
            regularization = try values.decode(Float.self, forKey: .regularization)
            relativeRegularization = try values.decodeIfPresent(Float.self, forKey: .relativeRegularization) ?? 0
            alpha = try values.decode(Float.self, forKey: .alpha)
            unobservedWeight = try values.decode(Float.self, forKey: .unobservedWeight)
            regularizationExponent = try values.decode(Float.self, forKey: .regularizationExponent)
            iterations = try values.decode(Int.self, forKey: .iterations)
            cgSteps = try values.decode(Int.self, forKey: .cgSteps)
            seed = try values.decode(UInt64.self, forKey: .seed)
            saturation = try values.decodeIfPresent(Float.self, forKey: .saturation)
            fitHalfLife = try values.decodeIfPresent(Double.self, forKey: .fitHalfLife)
            halfLife = try values.decodeIfPresent(Double.self, forKey: .halfLife)
        }

        /// For data of which nothing is known but who met what: no time, any weight counts the same, low confidence and a
        /// strong λ that goes by the data and by each row's frequency.
        public static func untuned(factors: Int = 64) -> Options {
            Options(
                factors: factors,
                regularization: 0,
                relativeRegularization: 0.55,
                alpha: 3,
                regularizationExponent: 1,
                saturation: 0,
                fitHalfLife: nil,
                halfLife: nil
            )
        }

        /// How much the entries of a row and the rows of the other side count for its λ, before the power of ν.
        func frequency(entries: Int, others: Int) -> Double {
            Double(entries) + Double(unobservedWeight) * Double(others)
        }

        /// λ of a row of a frequency, where `strength` is that of frequency 1.
        func ridge(strength: Float, frequency: Double) -> Float {
            strength * Float(Double.pow(frequency, Double(regularizationExponent)))
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
    /// λ of a user of frequency 1.
    let userStrength: Float

    /// Prepares the Gram matrix: O(items · factors²). `factors` has whole rows of the padded width.
    init(options: Options, userStrength: Float, itemCount: Int, factors: [Float]) {
        self.userStrength = userStrength
        let width = ALSGram.width(factors: options.factors)
        precondition(factors.count == itemCount * width, "one padded row of factors an item")
        self.options = options
        self.itemCount = itemCount
        self.width = width
        self.factors = factors
        gram = ALSGram.make(rows: factors, width: width, weight: options.unobservedWeight)
        norms = (0..<itemCount).map { factors[$0 * width..<($0 + 1) * width].norm }
    }

    /// The factors of an item; ``Options/factors`` of them. The item is one of the model's (precondition).
    public func itemFactors(_ item: Int32) -> [Float] {
        Array(factors[Int(item) * width..<Int(item) * width + options.factors])
    }

    /// A workspace for this model.
    public func makeScratch() -> Scratch { Scratch() }
}

extension ImplicitALS {
    /// Fits on a users × items matrix of interaction weights, without times. Empty rows and columns are legal.
    ///
    /// Cost: O(iterations · cgSteps · (entries · f + (users + items) · f²)) time on `workers` tasks under the caller's
    /// executor preference, 4 · f bytes a user and an item. The result is the same to the bit for any number of workers.
    /// - Throws: ``FitError`` for a matrix without entries, a value that is not finite, or cancellation.
    public static func fit(
        _ matrix: CSRMatrix,
        options: Options = Options(),
        workers: Int = Parallelism.processors
    ) async throws(FitError) -> ImplicitALS {
        try await fit(ProfileTable(matrix), options: options, workers: workers)
    }

    /// Fits on profiles, whose times count when the options have a ``Options/fitHalfLife``: interactions age until `now`,
    /// or until the newest one when it is left out. Otherwise as the fit on a matrix.
    /// - Throws: ``FitError``, also for a time that is not finite when times count; the row is the user.
    public static func fit(
        _ profiles: ProfileTable,
        options: Options = Options(),
        now: Double? = nil,
        workers: Int = Parallelism.processors
    ) async throws(FitError) -> ImplicitALS {
        try profiles.matrix().checkFittable()
        if options.fitHalfLife != nil { try profiles.checkTimes() }
        let matrix = options.confidences(of: profiles, now: now)
        guard matrix.nonZeroCount > 0 else { throw .emptyMatrix }
        let scale = options.relativeRegularization > 0 ? options.scale(of: matrix) : 0
        let users = ALSSide(matrix, options: options, scale: scale)
        let items = ALSSide(matrix.transposed(), options: options, scale: scale)
        items.randomize(factors: options.factors, seed: options.seed)
        let width = ALSGram.width(factors: options.factors)
        var gram = items.factors.withSpan { span in
            span.withUnsafeBufferPointer {
                ALSGram.total(of: [ALSGram.sum($0, width: width)], width: width, weight: options.unobservedWeight)
            }
        }
        for _ in 0..<options.iterations {
            guard
                let ofUsers = await users.solve(against: items, gram: gram, options: options, workers: workers),
                let ofItems = await items.solve(against: users, gram: ofUsers, options: options, workers: workers)
            else { throw .cancelled }
            gram = ofItems
        }
        let factors = items.factors.withSpan { span in span.withUnsafeBufferPointer { Array($0) } }
        return ImplicitALS(
            options: options,
            userStrength: users.strength,
            itemCount: profiles.itemCount,
            factors: factors
        )
    }
}

extension ImplicitALS.Options {
    /// Appends the items of a profile that count, with what each adds to the unobserved confidence, which is above 0:
    /// α times the weight, saturated, and halved for each half-life that the entry is older than `newest`. With a
    /// half-life, an entry whose time is not a number does not count.
    func append(
        _ profile: Profile,
        newest: Double,
        halfLife: Double?,
        itemCount: Int,
        indices: inout [Int32],
        values: inout [Float]
    ) {
        for entry in profile.entries where entry.item >= 0 && Int(entry.item) < itemCount {
            var value = alpha * (saturation.map { entry.weight.saturated(by: $0) } ?? entry.weight)
            if let halfLife { value *= Float(Double.exp2(min((entry.time - newest) / halfLife, 0))) }
            guard value > 0, value.isFinite else { continue }
            indices.append(entry.item)
            values.append(value)
        }
    }

    /// √(Σ c² / users) + √(Σ c² / items) over the rows and columns with entries, c being the confidence of an entry.
    fileprivate func scale(of matrix: CSRMatrix) -> Double {
        var isThere = [Bool](repeating: false, count: matrix.columnCount)
        for item in matrix.indices { isThere[Int(item)] = true }
        let items = isThere.count { $0 }
        let users = (0..<matrix.rowCount).count { !matrix.entries(ofRow: $0).isEmpty }
        let energy = matrix.values.reduce(0.0) { sum, value in
            let confidence = Double(unobservedWeight) + Double(value)
            return sum + confidence * confidence
        }
        return (energy / Double(users)).squareRoot() + (energy / Double(items)).squareRoot()
    }

    /// What each interaction of a table adds to the unobserved confidence; those that add nothing are left out.
    func confidences(of profiles: ProfileTable, now: Double?) -> CSRMatrix {
        var newest = profiles.entries[...].newestTime
        if let now { newest = fitHalfLife.map { decayOrigin(now: now, newest: newest, halfLife: $0) } ?? now }
        var rows = CSRRows(rows: profiles.count, entries: profiles.entries.count)
        for row in 0..<profiles.count {
            append(
                profiles[row],
                newest: newest,
                halfLife: fitHalfLife,
                itemCount: profiles.itemCount,
                indices: &rows.indices,
                values: &rows.values
            )
            rows.endRow()
        }
        return rows.matrix(columnCount: profiles.itemCount)
    }
}

extension ImplicitALS {
    /// Residual, relative to that of a vector of zeros, at which a person's factors count as found. Single precision
    /// gives little more.
    private static let tolerance: Float = 1e-6

    /// Writes all scores. Cost: O(steps · (f² + profile · f)) for the person's factors, with about 20 steps, and
    /// O(items · f).
    public func writeScores(for profile: Profile, to scores: inout [Float], scratch: inout Scratch) {
        precondition(scores.count == itemCount, "one score an item")
        begin(profile, scratch: &scratch)
        solve(right: nil, scratch: &scratch)
        ck_gemv(itemCount, width, factors, scratch.factors, &scores)
    }

    /// With A x = Σ c · yₚ for the person's factors x, the score y·x of an item is Σ c · (z·yₚ) with A z = y (Hu et al.,
    /// section 6). Cost: that of finding z, as much as the person's factors, for each item asked about.
    public func contributions(to item: Int32, profile: Profile, scratch: inout Scratch) -> [Float]? {
        var parts = [Float](repeating: 0, count: profile.count)
        guard isKnown(item) else { return parts }
        begin(profile, scratch: &scratch)
        solve(right: item, scratch: &scratch)
        var place = 0
        for (position, entry) in profile.entries.enumerated() {
            guard place < scratch.known.count, scratch.known[place] == entry.item else { continue }
            let confidence = options.unobservedWeight + scratch.weights[place]
            parts[position] = confidence * product(entry.item, scratch.factors)
            place += 1
        }
        return parts
    }

    /// The items most similar to an item by the cosine of their factors. Cost: O(items · f).
    public func similarItems(to item: Int32, count: Int, allowing: ItemSet?) -> [ScoredItem] {
        guard isKnown(item), norms[Int(item)] > 0 else { return [] }
        var scores = [Float](repeating: 0, count: itemCount)
        ck_gemv(itemCount, width, factors, Array(factors[Int(item) * width..<(Int(item) + 1) * width]), &scores)
        for other in 0..<itemCount where norms[other] > 0 { scores[other] /= norms[other] * norms[Int(item)] }
        scores[Int(item)] = 0
        return TopK.best(count, of: scores, allowing: allowing)
    }

    /// Puts the profile's known items and their confidences in the scratch.
    private func begin(_ profile: Profile, scratch: inout Scratch) {
        scratch.known.removeAll(keepingCapacity: true)
        scratch.weights.removeAll(keepingCapacity: true)
        options.append(
            profile,
            newest: profile.newestTime,
            halfLife: options.halfLife,
            itemCount: itemCount,
            indices: &scratch.known,
            values: &scratch.weights
        )
    }

    /// Solves the person's system for their own right side, or for an item's factors, into the front of
    /// `scratch.factors`. Starts from zeros each time: a result depends on the profile alone.
    private func solve(right item: Int32?, scratch: inout Scratch) {
        scratch.factors.removeAll(keepingCapacity: true)
        scratch.factors.append(contentsOf: repeatElement(0, count: 4 * width))
        guard !scratch.known.isEmpty else { return }
        let frequency = options.frequency(entries: scratch.known.count, others: itemCount)
        let ridge = options.ridge(strength: userStrength, frequency: frequency)
        factors.withUnsafeBufferPointer { factors in
            gram.withUnsafeBufferPointer { gram in
                scratch.factors.withUnsafeMutableBufferPointer { own in
                    guard let x = own.baseAddress, let others = factors.baseAddress else { return }
                    var system = ck_als_system(
                        width: width,
                        gram: gram.baseAddress,
                        others: others,
                        unobserved: options.unobservedWeight
                    )
                    ck_als_solve(
                        &system,
                        ridge,
                        scratch.known.count,
                        scratch.known,
                        scratch.weights,
                        item.map { others + Int($0) * width },
                        // Exact arithmetic needs one step a factor at most; rounding may cost as many again.
                        Int32(2 * width),
                        Self.tolerance,
                        x,
                        x + width
                    )
                }
            }
        }
    }

    private func product(_ item: Int32, _ other: borrowing [Float]) -> Float {
        factors.withUnsafeBufferPointer { factors in
            other.withUnsafeBufferPointer { other in
                guard let rows = factors.baseAddress, let vector = other.baseAddress else { return 0 }
                return ck_dot(rows + Int(item) * width, vector, width)
            }
        }
    }
}

extension ImplicitALS {
    /// The item factors, items × factors, with the options beside them.
    public func archive() -> NPZArchive {
        var values: [Float] = []
        values.reserveCapacity(itemCount * options.factors)
        for item in 0..<itemCount { values += factors[item * width..<item * width + options.factors] }
        var archive = NPZArchive([
            NPYArray(name: "item_factors", shape: [itemCount, options.factors], storage: .float32(values)),
            NPYArray(name: "seed", [Int64(bitPattern: options.seed)]),
            NPYArray(name: "user_strength", [userStrength]),
            // −1 stands for none: 0 is a saturation of its own.
            NPYArray(name: "saturation", number: options.saturation.map(Double.init) ?? -1),
        ])
        archive.append(options)
        return archive
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
        let saturation = Float(try archive.number("saturation"))
        var options = Options(factors: shape[1], seed: try archive.seed())
        options.saturation = saturation == -1 ? nil : saturation
        try archive.read(into: &options)
        let width = ALSGram.width(factors: options.factors)
        var factors = [Float](repeating: 0, count: shape[0] * width)
        for item in 0..<shape[0] {
            for factor in 0..<shape[1] { factors[item * width + factor] = values[item * shape[1] + factor] }
        }
        // An archive from before λ could go by the data has none.
        let strengths = archive["user_strength"] == nil ? [options.regularization] : try archive.floats("user_strength")
        guard strengths.count == 1, strengths[0] > 0, strengths[0].isFinite else {
            throw ArchiveError(.invalidContents, "user_strength", "must be one finite number above 0")
        }
        self.init(options: options, userStrength: strengths[0], itemCount: shape[0], factors: factors)
    }
}
