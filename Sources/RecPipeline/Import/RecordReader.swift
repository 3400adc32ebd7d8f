import FoundationEssentials

/// What a line of a file turned out to be.
package enum LineOutcome<Value> {
    case kept(Value)
    /// A well-formed line that is not imported; the example is the text that decided it, nil where the line number is enough.
    case leftOut(LeftOutReason, example: String?)
    case malformed(field: String, reason: String)
}

/// What the lines of one kind of file mean.
package protocol RecordFormat {
    associatedtype Value
    static var columns: [CSVColumn] { get }
    /// The column of dates, among ``columns``.
    static var dateColumn: Int? { get }
    /// - Parameters:
    ///   - row: of the batch.
    ///   - times: what a date in the file means.
    mutating func outcome(ofRow row: Int, of batch: CSVBatch, _ times: TimeReading) -> LineOutcome<Value>
}

/// How the times of a file are read.
package struct TimeReading {
    var order: DateOrder
    /// In microseconds since 1970.
    let latest: Int64

    func eventTime(_ text: Span<UInt8>) throws(TimestampText.Fault) -> Int64 {
        try TimestampText.eventTime(text, order, latest: latest)
    }

    static func date(_ microseconds: Int64) -> Date { Date(timeIntervalSince1970: Double(microseconds) / 1_000_000) }
}

/// Reads a file a few thousand lines at a time: what is kept, what is malformed, and a summary of both.
///
/// Same file, same values: event ids are made of a line's own content, so storing a file twice adds nothing.
package struct RecordReader<Format: RecordFormat> {
    private let source: any ByteSource
    private var reader: CSVReader
    private var batch = CSVBatch()
    private var times: TimeReading
    private var knowsDateOrder = false
    private(set) var format: Format
    /// The numbers so far; final when ``next()`` has returned nil.
    package private(set) var summary = ImportSummary()
    /// The file's name for messages.
    package var name: String { source.name }
    /// How much of the file has been read, 0…1; nil when its length is not known.
    package var fractionRead: Double? { reader.fractionRead }

    /// - Parameter now: the clock, for times in the future, which are malformed.
    /// - Throws: when the file lacks one of the columns or cannot be read.
    init(_ source: any ByteSource, _ format: Format, now: Date) throws(ImportError) {
        self.source = source
        self.format = format
        reader = try CSVReader(source, columns: Format.columns)
        times = TimeReading(order: .monthFirst, latest: TimestampText.latest(now))
    }

    /// The next chunk, or nil at the end of the file. A chunk may be empty.
    package mutating func next() throws(ImportError) -> (kept: [Format.Value], malformed: [MalformedLine])? {
        guard try reader.next(into: &batch) else { return nil }
        if let column = Format.dateColumn, !knowsDateOrder { try findDateOrder(column) }
        // A second reference, not a copy: rows are read from it while the reader's own state changes.
        let batch = batch
        var kept: [Format.Value] = []
        kept.reserveCapacity(batch.rowCount)
        var malformed = batch.malformed
        for row in 0..<batch.rowCount {
            switch format.outcome(ofRow: row, of: batch, times) {
            case .kept(let value):
                kept.append(value)
            case .leftOut(let reason, let example):
                summary.leaveOut(reason, example: example, line: batch.lines[row])
            case .malformed(let field, let reason):
                malformed.append(MalformedLine(line: batch.lines[row], field: field, reason: reason))
            }
        }
        malformed.sort { $0.line < $1.line }
        summary.kept += kept.count
        summary.rowsRead += batch.rowCount + batch.malformed.count
        summary.malformed += malformed.count
        return (kept, malformed)
    }

    /// Looks through the file once more when the chunk has a date that could be in either order. Most files have none.
    private mutating func findDateOrder(_ column: Int) throws(ImportError) {
        let batch = batch
        let needsOrder = (0..<batch.rowCount).contains { row in
            TimestampText.possibleOrders(batch.bytes.span.extracting(batch.trimmed(row, column))) != nil
        }
        guard needsOrder else { return }
        knowsDateOrder = true
        let found = try DateOrder.find(in: source, columns: Format.columns, column: column)
        times.order = found.order
        if let assumption = found.assumption { summary.notes.append(assumption) }
    }
}

/// Ids that may appear once in a file, with the line each was on.
struct UniqueIDs {
    private var seen: [String: (line: Int, hash: RowHash)] = [:]

    /// Nil for a new id. A line that repeats an earlier one exactly is left out, one that contradicts it is malformed.
    mutating func repetition<Value>(
        of id: String,
        field: String,
        line: Int,
        hash: RowHash
    ) -> LineOutcome<Value>? {
        guard let earlier = seen.updateValue((line, hash), forKey: id) else { return nil }
        seen[id] = earlier
        guard earlier.hash != hash else { return .leftOut(.exactDuplicate, example: nil) }
        return .malformed(field: field, reason: "\(id) is on line \(earlier.line) already")
    }
}

extension CSVBatch {
    /// The hash of some columns of a row, as they are in the file.
    func hash(_ row: Int, _ columns: Range<Int>) -> RowHash {
        var hash = RowHash()
        for column in columns { hash.combine(bytes.span.extracting(range(row, column))) }
        return hash
    }
}
