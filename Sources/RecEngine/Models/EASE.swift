import RealModule

/// A linear autoencoder over items with a closed-form solution: the weights B with which a user's items best predict
/// themselves, an item never predicting itself.
///
/// Steck, "Embarrassingly shallow autoencoders for sparse data" (WWW 2019). With the users × items matrix X,
/// P = (XᵀX + λ)⁻¹ and B_ij = −P_ij / P_jj off the diagonal. Unlike a similarity, B_ij is what i says of j once all other
/// items are accounted for, and it may be negative.
///
/// A pair of user and item has a strength: its saturated weight, halved for each half-life since they last met. X holds
/// the roots of the strengths, so that a pair gives its strength to XᵀX, and a profile is scored with its strengths.
/// Scores are linear in these, so evidence is exact. Items without interactions are left out of the inversion; their
/// rows and columns of B are 0.
///
/// What products say about themselves can stand beside what customers did: with ``Options/contentWeight`` c, the matrix
/// that is inverted is XᵀX + c · √(g + 1) · K · √(g + 1) + λ, K being the cosines of the items' features and g the
/// diagonal of XᵀX, as if c of an item's customers had met what is like it. It helps most where customers are few.
///
/// Two options suit dense data, such as ratings of films. With ``Options/dropout`` p it is the denoising autoencoder EDLAE:
/// p / (1 − p) · g is added to the diagonal, as if each of a user's items were left out with the probability p (Steck,
/// "Autoencoders that don't overfit towards the identity", NeurIPS 2020). With ``Options/userNormalization`` e a user's
/// pairs count degree^−e, the degree being the sum of their strengths, so that who met a thousand items does not decide
/// everything. These factors leave the sum over all pairs as it is, so that λ keeps its meaning.
///
/// The price is memory, 4 · items² bytes (54 MB at 3,700 items, 1.6 GB at 20,000): ``requiredBytes(itemCount:)`` says it
/// beforehand, and a fit refuses to start above ``Options/memoryLimit``.
public struct EASE: Recommender {
    /// Stored name of the algorithm.
    public static let algorithm = "ease"

    /// How the model is fitted and applied.
    public struct Options: Sendable, Equatable, Codable {
        /// Part of λ that is the same for all data. λ is added to each item's number of users: more pulls weights to 0,
        /// those of rare items most.
        public var regularization: Float
        /// Part of λ in multiples of the mean of g over the items with interactions, so that it suits a small shop as well
        /// as a large one.
        public var relativeRegularization: Float
        /// c, how much the features of items count; 0 for not at all, and without features they do not either.
        public var contentWeight: Float
        /// p, the probability with which the fit leaves out each item of a user; 0 is EASE.
        public var dropout: Float
        /// e, the power of a user's degree by which their pairs are divided in the fit; 0 counts all pairs alike.
        public var userNormalization: Float
        /// Half-life in seconds of a pair's strength in the fit, counted back from the end of the data; nil for no decay.
        /// A matrix without times is fitted without decay.
        public var fitHalfLife: Double?
        /// Half-life in seconds of an entry's strength in a profile that is scored, counted back from the profile's newest;
        /// nil for no decay.
        public var halfLife: Double?
        /// s of a weight's saturation w · (1 + s) / (w + s); 0 takes any positive weight as 1, large values the weight
        /// itself. Weights at or below 0 count nothing.
        public var saturation: Float
        /// Most bytes that a fit may need.
        public var memoryLimit: Int

        /// Options. The defaults were chosen on a year of a real gift shop's orders (UCI Online Retail), on three slices
        /// inside the training part of the temporal split, in the middle of a plateau; the test part took no part in it.
        public init(
            regularization: Float = 0,
            relativeRegularization: Float = 30,
            contentWeight: Float = 0.5,
            dropout: Float = 0,
            userNormalization: Float = 0,
            fitHalfLife: Double? = 45 * 86_400,
            halfLife: Double? = 180 * 86_400,
            saturation: Float = 0,
            memoryLimit: Int = 2 << 30
        ) {
            self.regularization = regularization
            self.relativeRegularization = relativeRegularization
            self.contentWeight = contentWeight
            self.dropout = dropout
            self.userNormalization = userNormalization
            self.fitHalfLife = fitHalfLife
            self.halfLife = halfLife
            self.saturation = saturation
            self.memoryLimit = memoryLimit
            requireValid()
        }

        /// Reads options; those from before dropout and users' degrees could be set have neither.
        public init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            regularization = try values.decode(Float.self, forKey: .regularization)
            relativeRegularization = try values.decode(Float.self, forKey: .relativeRegularization)
            contentWeight = try values.decode(Float.self, forKey: .contentWeight)
            dropout = try values.decodeIfPresent(Float.self, forKey: .dropout) ?? 0
            userNormalization = try values.decodeIfPresent(Float.self, forKey: .userNormalization) ?? 0
            fitHalfLife = try values.decodeIfPresent(Double.self, forKey: .fitHalfLife)
            halfLife = try values.decodeIfPresent(Double.self, forKey: .halfLife)
            saturation = try values.decode(Float.self, forKey: .saturation)
            memoryLimit = try values.decode(Int.self, forKey: .memoryLimit)
        }

        /// The model of the paper: no decay and no features.
        public static func plain(regularization: Float = 600) -> Options {
            Options(
                regularization: regularization,
                relativeRegularization: 0,
                contentWeight: 0,
                fitHalfLife: nil,
                halfLife: nil
            )
        }

        /// The model of the paper on strengths that decay, by the same half-life in the fit and in profiles.
        public static func timeWeighted(regularization: Float = 100, halfLife: Double = 90 * 86_400) -> Options {
            Options(
                regularization: regularization,
                relativeRegularization: 0,
                contentWeight: 0,
                fitHalfLife: halfLife,
                halfLife: halfLife
            )
        }

        /// Without time and features, for dense data: dropout and users' degrees in balance. The defaults are the middle of
        /// a plateau on two sets of film ratings of very different size.
        public static func denoising(
            regularization: Float = 500,
            dropout: Float = 1.0 / 3,
            userNormalization: Float = 0.5
        ) -> Options {
            var options = plain(regularization: regularization)
            options.dropout = dropout
            options.userNormalization = userNormalization
            options.requireValid()
            return options
        }

        /// Strength of an interaction weight before decay.
        @inline(__always)
        func strength(_ weight: Float) -> Float {
            weight > 0 ? weight.saturated(by: saturation) : 0
        }
    }

    /// The options the model was fitted with.
    public let options: Options
    /// B, items × items: row p holds what profile item p gives to other items. The diagonal is 0.
    public let weights: DenseMatrix

    /// Number of items.
    public var itemCount: Int { weights.rowCount }

    /// A workspace for this model.
    public func makeScratch() -> Scratch { Scratch() }

    /// Bytes that a fit on so many items needs besides the data: 4 a pair of items for the weights, which stay, and about
    /// 2,300 an item for panels while it runs. The data themselves are copied at 24 bytes an entry, which is not counted.
    public static func requiredBytes(itemCount: Int) -> Int {
        precondition(itemCount >= 0 && itemCount <= Int(Int32.max), "item count out of range")
        let (square, overflows) = (4 * itemCount).multipliedReportingOverflow(by: itemCount)
        return overflows ? .max : square + SymmetricInverse.workingBytes(count: itemCount)
    }
}

extension EASE {
    /// Fits on interactions, each pair decayed from the time of its last one to the end of the data; one later than that
    /// counts in full.
    ///
    /// Cost: O(items³ + Σ over users of (their items)²) time on `workers` tasks under the caller's executor preference;
    /// memory as ``requiredBytes(itemCount:)`` says. The result is the same to the bit for any number of workers.
    /// - Throws: ``FitError`` for data without a positive weight, a weight or time that is not finite (the row is the
    ///   user), too many items for the memory limit, equations that λ is too small for, or cancellation.
    public static func fit(
        _ data: TrainingData,
        options: Options = Options(),
        workers: Int = Parallelism.processors
    ) async throws(FitError) -> EASE {
        try await EASEGram(data, options: options, workers: workers).fit(options, isLast: true, workers: workers)
    }

    /// The roots of the strengths of a fit on interactions.
    /// - Throws: as ``fit(_:options:workers:)-(TrainingData,_,_)``.
    static func roots(of data: TrainingData, _ options: Options) throws(FitError) -> CSRMatrix {
        try checkMemory(itemCount: data.matrix.columnCount, options)
        try data.matrix.checkFittable()
        if options.fitHalfLife != nil { try data.profiles.checkTimes() }
        var decay: (Int) -> Float = { _ in 1 }
        if let halfLife = options.fitHalfLife {
            let entries = data.profiles.entries
            let now = decayOrigin(now: data.now, newest: entries[...].newestTime, halfLife: halfLife)
            decay = { place in
                let ages = max(0, now - entries[place].time) / halfLife
                return ages > Self.mostHalfLives ? 0 : Float(Double.exp2(-ages))
            }
        }
        return roots(of: data.matrix, options, decay: decay)
    }

    /// Pairs older than so many half-lives have no strength: beside the others they are below single precision, and items
    /// that have nothing else would make the equations singular.
    private static let mostHalfLives = 20.0

    /// Fits on a users × items matrix of interaction weights, without decay and features. Empty rows and columns are legal.
    ///
    /// Cost and errors as in ``fit(_:options:workers:)-(TrainingData,_,_)``.
    public static func fit(
        _ matrix: CSRMatrix,
        options: Options = Options(),
        workers: Int = Parallelism.processors
    ) async throws(FitError) -> EASE {
        try checkMemory(itemCount: matrix.columnCount, options)
        try matrix.checkFittable()
        let gram = try await EASEGram(roots(of: matrix, options) { _ in 1 }, nil, options, workers)
        return try await gram.fit(options, isLast: true, workers: workers)
    }

    private static func checkMemory(itemCount: Int, _ options: Options) throws(FitError) {
        let bytes = requiredBytes(itemCount: itemCount)
        guard bytes <= options.memoryLimit else { throw .tooLarge(bytes: bytes, limit: options.memoryLimit) }
    }

    /// The roots of the strengths; pairs without strength are left out.
    private static func roots(of matrix: CSRMatrix, _ options: Options, decay: (Int) -> Float) -> CSRMatrix {
        var roots = CSRRows(rows: matrix.rowCount, entries: matrix.nonZeroCount)
        for row in 0..<matrix.rowCount {
            for place in matrix.entries(ofRow: row) {
                let strength = options.strength(matrix.values[place]) * decay(place)
                if strength > 0 { roots.append(matrix.indices[place], strength.squareRoot()) }
            }
            roots.endRow()
        }
        let plain = roots.matrix(columnCount: matrix.columnCount)
        return options.userNormalization > 0 ? plain.dividingByDegrees(exponent: options.userNormalization) : plain
    }
}

extension CSRMatrix {
    /// Roots of strengths, each user's strengths divided by their sum to the power of `exponent` and all of them times what
    /// leaves their total as it was. Sums are taken in double precision, in the order of rows. Cost: O(rows + entries).
    fileprivate func dividingByDegrees(exponent: Float) -> CSRMatrix {
        var factors = [Double](repeating: 0, count: rowCount)
        var total = 0.0
        var scaled = 0.0
        for row in 0..<rowCount {
            let degree = entries(ofRow: row).reduce(0.0) { $0 + Double(values[$1]) * Double(values[$1]) }
            guard degree > 0 else { continue }
            factors[row] = Double.pow(degree, -Double(exponent))
            total += degree
            scaled += degree * factors[row]
        }
        guard scaled > 0 else { return self }
        var changed = values
        for row in 0..<rowCount {
            let factor = Float((factors[row] * total / scaled).squareRoot())
            for place in entries(ofRow: row) { changed[place] *= factor }
        }
        return replacing(values: changed)
    }
}

extension EASE {
    /// Appends the lists of many users at once: for each block of columns all users' scores, so that the block comes from
    /// memory once and not once a profile entry. The same lists as one by one, to the bit.
    ///
    /// Cost: O(profile entries × items); working memory 8 bytes an entry and 8 a place in the lists.
    public func appendRecommendations(
        rows: Range<Int>,
        of profiles: ProfileTable,
        hidden: HiddenItems?,
        selection: Selection,
        to list: inout [ScoredItem],
        lengths: inout [Int],
        scratch: inout Scratch
    ) {
        guard selection.count <= Self.longestBatchList else {
            appendOneByOne(rows, profiles, hidden, selection, to: &list, &lengths, &scratch)
            return
        }
        appendTogether(rows, profiles, hidden, selection, factors: nil, to: &list, &lengths, &scratch)
    }

    /// The lists of many users at once.
    /// - Parameter factors: what each item's score is multiplied by, of ``DemandWeighted``; nil for nothing.
    func appendTogether(
        _ rows: Range<Int>,
        _ profiles: ProfileTable,
        _ hidden: HiddenItems?,
        _ selection: Selection,
        factors: DemandFactors?,
        to list: inout [ScoredItem],
        _ lengths: inout [Int],
        _ scratch: inout Scratch
    ) {
        let count = min(selection.count, itemCount)
        guard count > 0 else {
            lengths.append(contentsOf: repeatElement(0, count: rows.count))
            return
        }
        var batch = EASEBatch(
            self,
            rows: rows,
            of: profiles,
            hidden: hidden,
            selection: selection,
            count: count,
            factors: factors,
            scratch: &scratch
        )
        for column in stride(from: 0, to: itemCount, by: EASEBatch.width) {
            batch.offer(column..<min(column + EASEBatch.width, itemCount), weights, profiles)
        }
        batch.append(to: &list, lengths: &lengths)
    }

    /// Longer lists are made one by one, because the heaps of all users at once would outgrow the caches.
    static var longestBatchList: Int { 256 }
}

extension EASE {
    /// Writes all scores. Cost: O(profile × items), one pass over a row of 4 · items bytes for each entry.
    public func writeScores(for profile: Profile, to scores: inout [Float], scratch: inout Scratch) {
        precondition(scores.count == itemCount, "one score an item")
        for item in scores.indices { scores[item] = 0 }
        weigh(profile, into: &scratch.weights)
        for (position, entry) in profile.entries.enumerated() where scratch.weights[position] != 0 {
            weights.addRow(Int(entry.item), weight: scratch.weights[position], to: &scores)
        }
    }

    /// Scores of some items alone. Cost: O(profile × items asked for), each a read from another row; where that is more
    /// than the rows themselves, the scores of all.
    public func scores(of items: ArraySlice<Int32>, for profile: Profile, scratch: inout Scratch) -> [Float] {
        guard items.count * Self.elementReadCost < itemCount else { return pick(items, profile, &scratch) }
        weigh(profile, into: &scratch.weights)
        var sums = [Float](repeating: 0, count: items.count)
        for (position, entry) in profile.entries.enumerated() where scratch.weights[position] != 0 {
            let weight = scratch.weights[position]
            weights.addElements(ofRow: Int(entry.item), columns: items, weight: weight, to: &sums)
        }
        return sums
    }

    /// An element that is read by itself costs as much as so many of a whole row, which come several at a time.
    private static var elementReadCost: Int { 8 }

    /// The profile's strengths times the item's column of weights. Cost: O(profile).
    public func contributions(to item: Int32, profile: Profile, scratch: inout Scratch) -> [Float]? {
        guard isKnown(item) else { return [Float](repeating: 0, count: profile.count) }
        weigh(profile, into: &scratch.weights)
        return zip(profile.entries, scratch.weights).map { entry, weight in
            weight == 0 ? 0 : weight * weights[Int(entry.item), Int(item)]
        }
    }

    /// The same of several items, row by row. Cost: O(profile × items).
    public func addContributions(
        to items: ArraySlice<Int32>,
        profile: Profile,
        factor: Float,
        sums: inout [Float],
        scratch: inout Scratch
    ) -> Bool {
        weigh(profile, into: &scratch.weights)
        for (position, entry) in profile.entries.enumerated() where scratch.weights[position] != 0 {
            weights.addElements(
                ofRow: Int(entry.item),
                columns: items,
                weight: scratch.weights[position],
                factor: factor,
                to: &sums,
                from: position * items.count
            )
        }
        return true
    }

    /// The items to which an item gives most, best first. Cost: O(items).
    public func similarItems(to item: Int32, count: Int, allowing: ItemSet?) -> [ScoredItem] {
        guard isKnown(item) else { return [] }
        return TopK.best(count, of: weights.row(Int(item)), allowing: allowing)
    }

    /// Strengths of the profile's entries: saturated, and halved for each half-life an entry is older than the newest;
    /// 0 for items outside the model.
    func weigh(_ profile: Profile, into strengths: inout [Float]) {
        profile.weigh(halfLife: options.halfLife, into: &strengths) { entry in
            isKnown(entry.item) ? options.strength(entry.weight) : 0
        }
    }
}

extension EASE {
    /// The weights as one array of items × items 32-bit floats, with the options beside it.
    public func archive() -> NPZArchive {
        var archive = NPZArchive([
            NPYArray(name: "weights", weights), NPYArray(name: "memory_limit", number: Double(options.memoryLimit)),
        ])
        archive.append(options)
        return archive
    }

    /// Restores a model; refuses arrays that break what the kernels rely on.
    public init(archive: NPZArchive) throws(ArchiveError) {
        try archive.require(algorithm: Self.algorithm)
        let weights = try archive.matrix("weights")
        guard weights.rowCount == weights.columnCount else {
            throw ArchiveError(.wrongShape, "weights", "must be square")
        }
        var options = Options(memoryLimit: try archive.integer("memory_limit", in: 0...Int(1) << 53))
        try archive.read(into: &options)
        self.init(options: options, weights: weights)
    }
}
