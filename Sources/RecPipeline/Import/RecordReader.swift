import FoundationEssentials
import Shop
import TextFormats

/// What a well-formed line of a file turned out to be.
enum LineOutcome<Value> {
    case kept(Value)
    /// A line that is not imported; the example is the text that decided it, nil where the line number is enough.
    case leftOut(LeftOutReason, example: String?)
}

/// A field that holds no value of its column.
struct FieldFault: Error {
    /// Among the format's columns.
    let column: Int
    /// The end of a sentence that begins with the column's name.
    let reason: String
}

/// What the lines of one kind of file mean.
protocol RecordFormat {
    associatedtype Value
    /// Their numbers are the positions in ``columns``.
    associatedtype Column: RawRepresentable<Int>
    static var columns: [CSVColumn] { get }
    /// Of dates; nil when there is none.
    static var dateColumn: Column? { get }
    init()
    mutating func outcome(of line: CSVLine<Column>) throws(FieldFault) -> LineOutcome<Value>
}

/// One record of a batch, for a format to take values from.
struct CSVLine<Column: RawRepresentable<Int>> {
    let batch: CSVBatch
    /// How the dates of the file are written.
    let dateOrder: DateOrder
    /// The latest time of an event, in microseconds since 1970.
    let latest: Int64
    fileprivate(set) var row = 0

    /// The line of the file, from 1.
    var number: Int { batch.lines[row] }

    /// Where a field is in the batch's bytes, without spaces and tabs at its ends.
    func range(_ column: Column) -> Range<Int> { batch.trimmed(row, column.rawValue) }

    /// Whether a field says that there is no value.
    func isAbsent(_ column: Column) -> Bool { batch.isAbsent(row, column.rawValue) }

    /// A field as text, nil when it is absent.
    func text(_ column: Column) -> String? { batch.text(row, column.rawValue) }

    /// A field as text whatever it says.
    func string(_ column: Column) -> String { ImportText.string(batch.bytes.span.extracting(range(column))) }

    /// A field for a message.
    func quoted(_ column: Column) -> String { ImportText.quoted(batch.bytes.span.extracting(range(column))) }

    /// The hash of some columns, as they are in the file.
    func hash(_ columns: Range<Int>) -> RowHash {
        var hash = RowHash()
        for column in columns { hash.combine(batch.bytes.span.extracting(batch.range(row, column))) }
        return hash
    }

    func fault(_ column: Column, _ reason: String) -> FieldFault { FieldFault(column: column.rawValue, reason: reason) }

    /// A field that must be an external id.
    func id(_ column: Column) throws(FieldFault) -> String {
        let field = range(column)
        guard ExternalID.isValid(batch.bytes.span.extracting(field)) else {
            throw fault(column, field.isEmpty ? "is empty" : "is not \(ExternalID.rule): \(quoted(column))")
        }
        return string(column)
    }

    /// A text as it is stored.
    func accepted(_ text: String, _ column: Column, _ rule: TextRule) throws(FieldFault) -> String {
        guard let accepted = rule.accepted(text) else { throw fault(column, "\(rule.words): \(quoted(column))") }
        return accepted
    }

    /// A field's text as it is stored; nil when it is absent.
    func text(_ column: Column, _ rule: TextRule) throws(FieldFault) -> String? {
        guard let text = text(column) else { return nil }
        return try accepted(text, column, rule)
    }

    /// A field that must be the time of an event, in microseconds since 1970.
    func time(_ column: Column) throws(FieldFault) -> Int64 {
        guard let time = TimestampText.microseconds(batch.bytes.span.extracting(range(column)), dateOrder) else {
            throw fault(column, "is not a time: \(quoted(column))")
        }
        guard time >= 0 else { throw fault(column, "is before 1970: \(quoted(column))") }
        guard time <= latest else {
            throw fault(column, "is in the future (a time without a zone is UTC): \(quoted(column))")
        }
        return time
    }
}

extension Date {
    init(unixMicroseconds: Int64) { self.init(timeIntervalSince1970: Double(unixMicroseconds) / 1_000_000) }
}

/// Reads a file a few thousand lines at a time: what is kept, what is malformed, and a summary of both.
///
/// Same file, same values: event ids are made of a line's own content, so storing a file twice adds nothing.
struct RecordReader<Format: RecordFormat> {
    private let source: any ByteSource
    private var reader: CSVReader
    private var batch = CSVBatch()
    private let latest: Int64
    /// Nil until a date could be in either order.
    private var dateOrder: DateOrder?
    private(set) var format: Format
    /// The numbers so far; final when ``next()`` has returned nil.
    private(set) var summary: ImportSummary
    /// The file's name for messages.
    var name: String { source.name }
    /// How much of the file has been read, 0…1; nil when its length is not known.
    var fractionRead: Double? { reader.fractionRead }

    /// - Parameter now: the clock, for times in the future, which are malformed.
    /// - Throws: when the file lacks one of the columns or cannot be read.
    init(_ source: any ByteSource, _ format: Format = Format(), now: Date = Date()) throws(ImportError) {
        self.source = source
        self.format = format
        summary = ImportSummary(file: source.name)
        reader = try CSVReader(source, columns: Format.columns)
        latest = Int64(EventTimeRule.latest(now).timeIntervalSince1970 * 1_000_000)
    }

    /// The next chunk, or nil at the end of the file. A chunk may be empty.
    mutating func next() throws(ImportError) -> (kept: [Format.Value], malformed: [MalformedLine])? {
        guard try reader.next(into: &batch) else { return nil }
        if let column = Format.dateColumn, dateOrder == nil { try findDateOrder(column.rawValue) }
        // A second reference, not a copy: rows are read from it while the reader's own state changes.
        var line = CSVLine<Format.Column>(batch: batch, dateOrder: dateOrder ?? .monthFirst, latest: latest)
        var kept: [Format.Value] = []
        kept.reserveCapacity(batch.rowCount)
        var malformed = batch.malformed
        for row in 0..<batch.rowCount {
            line.row = row
            do throws(FieldFault) {
                switch try format.outcome(of: line) {
                case .kept(let value): kept.append(value)
                case .leftOut(let reason, let example): summary.leaveOut(reason, example: example, line: line.number)
                }
            } catch {
                let field = Format.columns[error.column].name
                malformed.append(MalformedLine(line: line.number, field: field, reason: error.reason))
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
        let found = try DateOrder.find(in: source, columns: Format.columns, column: column)
        dateOrder = found.order
        if let assumption = found.assumption { summary.notes.append(assumption) }
    }
}

/// Ids that may appear once in a file, with the line each was on.
struct UniqueIDs {
    private var seen: [String: (line: Int, hash: RowHash)] = [:]

    /// Keeps the value of a new id. A line that repeats an earlier one exactly is left out, one that contradicts it is malformed.
    mutating func outcome<Value, Column: CaseIterable>(
        _ value: Value,
        _ id: String,
        _ column: Column,
        of line: CSVLine<Column>
    ) throws(FieldFault) -> LineOutcome<Value> {
        let hash = line.hash(0..<Column.allCases.count)
        guard let earlier = seen.updateValue((line.number, hash), forKey: id) else { return .kept(value) }
        seen[id] = earlier
        guard earlier.hash != hash else { return .leftOut(.exactDuplicate, example: nil) }
        throw line.fault(column, "\(id) is on line \(earlier.line) already")
    }
}
