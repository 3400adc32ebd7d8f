/// One cut through time for everybody: what came before is known, what came after is to be foretold.
///
/// ``DataSplit/temporal(_:fraction:)`` is the same as one of several ways of splitting.
public struct TemporalSplit: Sendable {
    /// Time of row ⌊fraction · n⌋ in time order, in Unix seconds.
    public let cut: Double
    /// Rows strictly before the cut.
    public let train: InteractionLog
    /// Rows at the cut or later.
    public let test: InteractionLog

    /// Splits a log. Cost: O(n · log n). Nil for a log without rows.
    ///
    /// With equal times at the cut, all of them are in the test part, which then holds more than `1 − fraction`; with
    /// all times equal the train part is empty. A row whose time is NaN is in neither part.
    public init?(_ log: InteractionLog, fraction: Double = 0.8) {
        precondition(fraction > 0 && fraction < 1, "fraction must be between 0 and 1")
        let times = log.times.filter { !$0.isNaN }.sorted()
        guard !times.isEmpty else { return nil }
        let cut = times[Int(fraction * Double(times.count))]
        self.cut = cut
        self.train = log.filtered { log.times[$0] < cut }
        self.test = log.filtered { log.times[$0] >= cut }
    }
}
