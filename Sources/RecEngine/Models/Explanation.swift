/// What a score is made of.
///
/// For a model that is linear in the profile the parts add up to the score, so a share is arithmetic ("because you
/// bought X: 71 %"). What does not come from the profile is the ``remainder``, and is never dressed up as evidence.
public struct Explanation: Sendable, Equatable {
    /// An item of the profile and what it adds to the score, which may be below 0.
    public struct Part: Sendable, Equatable {
        /// Item of the profile.
        public var item: Int32
        /// What it adds.
        public var contribution: Float
    }

    /// The explained item with its score.
    public let item: ScoredItem
    /// Parts other than 0, largest first, of equal ones the lower item first.
    public let parts: [Part]
    /// Score less the sum of the parts: what comes from elsewhere, and rounding.
    public let remainder: Float

    /// Whether the profile accounts for the whole score, to a part in a thousand.
    public var isComplete: Bool { abs(remainder) <= 1e-3 * abs(item.score) }

    /// An explanation from one contribution an entry of the profile.
    init(_ item: ScoredItem, profile: Profile, contributions: [Float]) {
        self.item = item
        var parts: [Part] = []
        var sum = 0.0
        for (entry, contribution) in zip(profile.entries, contributions) where contribution != 0 {
            parts.append(Part(item: entry.item, contribution: contribution))
            sum += Double(contribution)
        }
        self.parts = parts.sorted { ($1.contribution, $0.item) < ($0.contribution, $1.item) }
        self.remainder = Float(Double(item.score) - sum)
    }
}

extension Recommender {
    /// What an item's score is made of. Makes a scratch and scores every item: for a single request, not for a batch.
    public func explain(_ item: Int32, profile: Profile) -> Explanation {
        var scratch = makeScratch()
        let scores = scores(for: profile)
        let score = isKnown(item) ? scores[Int(item)] : 0
        let parts = contributions(to: item, profile: profile, scratch: &scratch) ?? []
        return Explanation(ScoredItem(item: item, score: score), profile: profile, contributions: parts)
    }
}

extension Explanation {
    /// What to tell a person in one line.
    public enum Reason: Sendable, Equatable {
        /// An item of theirs makes this share of the score, the largest one.
        case because(item: Int32, share: Float)
        /// Most of the score does not come from their items: it is what others want.
        case popular
    }

    /// The honest reason: the largest part where the person's items make at least half of the score, else that others
    /// want it. It never names an item that hardly matters.
    public var reason: Reason {
        let own = parts.reduce(Float(0)) { $0 + $1.contribution }
        guard let first = parts.first, first.contribution > 0, own >= item.score / 2 else { return .popular }
        return .because(item: first.item, share: min(1, first.contribution / item.score))
    }
}

/// Why an item is in a list: the item of the person's own history that contributed most to its score.
///
/// For a linear model the score is a sum over the history, so the share is arithmetic, not a story told afterwards.
public struct Evidence: Sendable, Equatable {
    /// The history item that contributed most; of equal contributions the lower item.
    public var item: Int32
    /// Its part of the score, 0 to 1.
    public var share: Float

    /// A history item and its part of a score.
    public init(item: Int32, share: Float) {
        self.item = item
        self.share = share
    }

    /// The largest contribution, of equal ones that of the lower item; nil when none is above 0.
    init?(largestOf parts: [Float], profile: Profile, score: Float) {
        var best: ScoredItem?
        for (entry, part) in zip(profile.entries, parts) where part > (best?.score ?? 0) {
            best = ScoredItem(item: entry.item, score: part)
        }
        guard let best else { return nil }
        self.init(item: best.item, share: min(1, best.score / score))
    }
}
