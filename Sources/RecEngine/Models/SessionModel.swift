/// What a person met last moves the list: items that stand in the same sessions as the latest items of the profile.
///
/// Similarity is the cosine of the items' sessions, times p / (p + λ) for p common sessions: the item-to-item form of
/// session-based neighbours (Ludewig and Jannach, "Evaluation of session-based recommendation algorithms", UMUAI
/// 2018). Only the last moments of the profile count, each later one more: an entry at position p from the end, 0 the
/// newest, weighs decay^p. Entries with one time, as those of one order, share a position; where times are not known
/// all entries count alike. Weights do not count, except that an entry with a weight of 0 or less is left out.
public struct SessionModel: SimilarityRecommender {
    /// Stored name of the algorithm.
    public static let algorithm = "session"

    /// How the model is fitted and applied.
    public struct Options: Sendable, Equatable, Codable {
        /// Distinct times of the profile that count, the last ones.
        public var lastItems: Int
        /// Factor by which an entry weighs less than the one at the next later time.
        public var decay: Float
        /// Neighbours kept for each item.
        public var neighbours: Int
        /// λ of the factor p / (p + λ).
        public var shrinkage: Float
        /// Where orders are not known: seconds without an event that end a session.
        public var gap: Double

        /// Options. The defaults were chosen on the same tuning slice as those of ``ItemKNN/Options``; the gap is the
        /// half hour of web analytics.
        public init(
            lastItems: Int = 5,
            decay: Float = 0.8,
            neighbours: Int = 20,
            shrinkage: Float = 5,
            gap: Double = 30 * 60
        ) {
            self.lastItems = lastItems
            self.decay = decay
            self.neighbours = neighbours
            self.shrinkage = shrinkage
            self.gap = gap
            requireValid()
        }
    }

    /// The options the model was fitted with.
    public let options: Options
    /// Cosines of sessions, items × items. No diagonal.
    public let similarity: CSRMatrix

    /// Weights by position from the end. Cost: O(lastItems · profile).
    public func weigh(_ profile: Profile, into weights: inout [Float]) {
        weights.removeAll(keepingCapacity: true)
        weights.append(contentsOf: repeatElement(0, count: profile.count))
        var before = Double.infinity
        var weight: Float = 1
        for _ in 0..<options.lastItems {
            var latest = -Double.infinity
            for entry in profile.entries where entry.weight > 0 && entry.time < before && entry.time > latest {
                latest = entry.time
            }
            guard latest > -.infinity else { return }
            var position = 0
            for entry in profile.entries {
                if entry.time == latest, entry.weight > 0 { weights[position] = weight }
                position += 1
            }
            before = latest
            weight *= options.decay
        }
    }
}

extension SessionModel {
    /// Fits on the sessions of a log: its orders where they are known, else runs of one user's rows.
    ///
    /// Cost: O(rows · log rows + Σ over sessions of (their items)²).
    /// - Throws: ``FitError`` for a log without rows, a weight or time that is not finite, or cancellation.
    public static func fit(
        _ log: InteractionLog,
        options: Options = Options(),
        workers: Int = Parallelism.processors
    ) async throws(FitError) -> SessionModel {
        try log.checkFittable()
        return try await fit(log.sessions(silence: options.gap), options: options, workers: workers)
    }

    /// Fits on a sessions × items matrix; every value above 0 says that the item is in the session.
    ///
    /// Cost: O(Σ over sessions of (their items)²) time on `workers` tasks under the caller's executor preference.
    /// The result is the same to the bit for any number of workers.
    /// - Throws: ``FitError`` for a matrix without entries, a value that is not finite, or cancellation.
    public static func fit(
        _ sessions: CSRMatrix,
        options: Options = Options(),
        workers: Int = Parallelism.processors
    ) async throws(FitError) -> SessionModel {
        let similarity = try await NeighbourFit.similarity(
            sessions,
            neighbours: options.neighbours,
            workers: workers,
            scoring: { PairScoring(rows: $0.inverseNorms(), shrinkage: options.shrinkage) }
        )
        return SessionModel(options: options, similarity: similarity)
    }

    /// The similarities as scipy stores a matrix, with the options beside them.
    public func archive() -> NPZArchive {
        var archive = similarity.archive()
        archive.append(options)
        archive.arrays.append(NPYArray(name: "gap", number: options.gap))
        return archive
    }

    /// Restores a model; refuses arrays that break what the kernels rely on.
    public init(archive: NPZArchive) throws(ArchiveError) {
        try archive.require(algorithm: Self.algorithm)
        let similarity = try CSRMatrix(squareOf: archive)
        var options = Options()
        options.gap = try archive.number("gap")
        try archive.read(into: &options)
        self.init(options: options, similarity: similarity)
    }
}
