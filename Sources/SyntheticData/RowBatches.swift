/// Rows made one by one from their number, in batches.
struct RowBatches<Row: Sendable>: Sequence, IteratorProtocol, Sendable {
    private let count: Int
    private let batchSize: Int
    private let row: @Sendable (Int) -> Row
    private var position = 0

    init(count: Int, batchSize: Int, row: @escaping @Sendable (Int) -> Row) {
        precondition(batchSize > 0, "batch size must be positive")
        self.count = count
        self.batchSize = batchSize
        self.row = row
    }

    mutating func next() -> [Row]? {
        guard position < count else { return nil }
        let end = position + Swift.min(batchSize, count - position)
        defer { position = end }
        return (position..<end).map(row)
    }
}
