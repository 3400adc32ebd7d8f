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
            precondition(lastItems > 0, "at least one item is needed")
            precondition(decay > 0 && decay <= 1, "decay must be above 0 and at most 1")
            precondition(neighbours > 0, "at least one neighbour is needed")
            precondition(shrinkage >= 0 && shrinkage.isFinite, "shrinkage must be at least 0")
            precondition(gap > 0, "the gap must be positive")
            self.lastItems = lastItems
            self.decay = decay
            self.neighbours = neighbours
            self.shrinkage = shrinkage
            self.gap = gap
        }
    }

    /// The options the model was fitted with.
    public let options: Options
    /// Cosines of sessions, items × items. No diagonal.
    public let similarity: CSRMatrix

    init(options: Options, similarity: CSRMatrix) {
        self.options = options
        self.similarity = similarity
    }

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
            var place = 0
            for entry in profile.entries {
                if entry.time == latest, entry.weight > 0 { weights[place] = weight }
                place += 1
            }
            before = latest
            weight *= options.decay
        }
    }
}
