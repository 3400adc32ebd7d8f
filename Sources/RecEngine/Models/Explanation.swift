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
    /// How many other history items make at least a tenth of the score each.
    public var others: Int

    /// A history item and its part of a score.
    public init(item: Int32, share: Float, others: Int = 0) {
        self.item = item
        self.share = share
        self.others = others
    }

    /// The largest contribution, of equal ones that of the lower item; nil when none is above 0.
    init?(largestOf parts: [Float], profile: Profile, score: Float) {
        var found = LargestPart(of: score)
        for (entry, part) in zip(profile.entries, parts) { found.add(part, from: entry.item) }
        self.init(found)
    }

    init?(_ found: LargestPart) {
        guard found.item >= 0 else { return nil }
        let isNotable = found.part >= found.notable
        self.init(
            item: found.item,
            share: min(1, found.part / found.score),
            others: found.count - (isNotable ? 1 : 0)
        )
    }
}

/// The largest of the parts that make up a score, which come one by one.
struct LargestPart: Sendable {
    let score: Float
    /// What a part must reach to be worth a mention.
    let notable: Float
    /// The item of the largest part so far, −1 before there is one; of equal parts the one that came first.
    private(set) var item: Int32 = -1
    private(set) var part: Float = 0
    /// Notable parts so far.
    private(set) var count = 0

    init(of score: Float) {
        self.score = score
        notable = score / 10
    }

    @inline(__always)
    mutating func add(_ part: Float, from item: Int32) {
        guard part > 0 else { return }
        if part >= notable { count += 1 }
        if part > self.part { (self.item, self.part) = (item, part) }
    }
}
