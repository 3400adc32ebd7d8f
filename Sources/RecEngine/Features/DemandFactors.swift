import RealModule

/// What scores are multiplied by: each item's demand ratio to a power that grows with the length of a history.
///
/// Lengths up to 16 have a row each, longer ones a row for each quarter of a doubling up to 2,048: 45 rows of 4 bytes an
/// item, made once, so that a person costs no powers. One row where the power is the same for everyone.
struct DemandFactors: Sendable, Equatable {
    /// Rows of one factor an item.
    let values: [Float]
    private let itemCount: Int
    private let hasRows: Bool

    private static let lastRow = 44

    /// Cost: O(rows · items).
    /// - Parameter remainder: what powers are multiplied by, 1 for a model that was just fitted.
    init(_ demand: DemandRatio, remainder: Float = 1) {
        itemCount = demand.ratios.count
        hasRows = demand.options.historyPrior > 0
        values = (0...(hasRows ? Self.lastRow : 0)).flatMap { row -> [Float] in
            let power = demand.options.power(historyOf: Self.length(ofRow: row)) * remainder
            return power == 1 ? demand.ratios : demand.ratios.map { max(Float.pow($0, power), .leastNormalMagnitude) }
        }
    }

    /// Where the factors for a history of so many items begin.
    func start(historyOf count: Int) -> Int { hasRows ? Self.row(ofLength: count) * itemCount : 0 }

    /// The factors for a history of so many items.
    func row(historyOf count: Int) -> ArraySlice<Float> {
        let start = start(historyOf: count)
        return values[start..<start + itemCount]
    }

    private static func row(ofLength count: Int) -> Int {
        guard count > 16 else { return count }
        let doublings = Int.bitWidth - 1 - count.leadingZeroBitCount
        let quarter = count >> (doublings - 2) & 3
        return min(16 + 4 * (doublings - 4) + quarter, lastRow)
    }

    /// The shortest history of a row.
    private static func length(ofRow row: Int) -> Int {
        row <= 16 ? row : (4 + (row - 16) % 4) << ((row - 16) / 4 + 2)
    }
}
