/// What comes first in dates such as `01/02/2011`: one order for the entire file, because a single line is seldom unambiguous.
enum DateOrder: String {
    case dayFirst = "day"
    case monthFirst = "month"

    /// The order of a file's dates. One line that can only be read one way proves it for all of them.
    /// - Parameter column: of the dates, among `columns`.
    /// - Returns: the order, and when no line proves it a sentence about what was assumed.
    /// - Throws: `mixedDates` when one line proves the one order and another line the other.
    static func find(
        in source: any ByteSource,
        columns: [CSVColumn],
        column: Int
    ) throws(ImportError) -> (order: DateOrder, assumption: String?) {
        var reader = try CSVReader(source.fromStart(), columns: columns)
        var batch = CSVBatch()
        var proofs: [DateOrder: (line: Int, date: String)] = [:]
        var ambiguous: (line: Int, date: String)?
        while try reader.next(into: &batch) {
            for row in 0..<batch.rowCount {
                let text = batch.bytes.span.extracting(batch.trimmed(row, column))
                guard let orders = TimestampText.possibleOrders(text), let order = orders.first else { continue }
                if orders.count == 2 {
                    if ambiguous == nil {
                        ambiguous = (batch.lines[row], ImportText.printable(ImportText.string(text)))
                    }
                } else if proofs[order] == nil {
                    proofs[order] = (batch.lines[row], ImportText.printable(ImportText.string(text)))
                }
            }
            if let day = proofs[.dayFirst], let month = proofs[.monthFirst] {
                throw ImportError(
                    .mixedDates,
                    file: source.name,
                    """
                    has dates in two orders: line \(day.line) (\(day.date)) can only be day first, line \(month.line) \
                    (\(month.date)) only month first; write all of them in one order, best as 2010-12-31
                    """
                )
            }
        }
        if let proven = proofs.keys.first { return (proven, nil) }
        guard let ambiguous else { return (.monthFirst, nil) }
        // With slashes the published orders have the month first, with hyphens their copies have the day first.
        let order: DateOrder = ambiguous.date.contains("-") ? .dayFirst : .monthFirst
        let assumption = """
            dates such as \(ambiguous.date) (line \(ambiguous.line)) were read with the \(order.rawValue) first: no line \
            of the file says which it is
            """
        return (order, assumption)
    }
}
