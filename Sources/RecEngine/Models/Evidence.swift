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
