/// An item with the score a model gave it. The score is never NaN.
public struct ScoredItem: Sendable, Equatable, Hashable {
    /// Dense item index.
    public var item: Int32
    /// The higher the better; comparable within one list of one model only.
    public var score: Float

    /// An item with its score.
    public init(item: Int32, score: Float) {
        self.item = item
        self.score = score
    }

    /// The one order of lists: higher score first, of equal scores the lower item first. Total, so lists are reproducible.
    @inlinable
    public func isBefore(_ other: ScoredItem) -> Bool {
        score > other.score || (score == other.score && item < other.item)
    }
}
