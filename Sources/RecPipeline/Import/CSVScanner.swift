/// Finds the fields of one CSV record (RFC 4180) in a span of bytes.
///
/// A field in quotes may hold commas, line ends and doubled quotes. Lines end with LF or CRLF. A quote inside a field that
/// does not begin with one is an ordinary character, as every spreadsheet reads it.
enum CSVScanner {
    /// A field's bytes without its surrounding quotes.
    struct RawField {
        var start: Int
        var count: Int
        /// Whether it was in quotes: only then can it hold a line end.
        var isQuoted = false
        /// Whether doubled quotes are still in it.
        var hasDoubledQuotes = false

        var range: Range<Int> { start..<start + count }
    }

    /// Why a quote that opens a field is a fault; the end of a sentence that begins with it.
    enum QuoteFault: String {
        case textFollows = "closes in the middle of a text"
        case neverClosed = "is never closed"
        case holdsLines = "makes a field hold line breaks"
        case tooLong = "is not closed within 1 MB"
    }

    /// Why bytes are no record.
    struct Fault: Equatable {
        let kind: QuoteFault
        /// Index of the quote that opens the field at fault.
        let openingQuote: Int
        /// Where the field ends: at its closing quote, or with the bytes.
        let end: Int
    }

    enum Outcome: Equatable {
        /// The next record begins at the index.
        case record(next: Int)
        /// The bytes end inside the record; the index is that of a quote which is open there.
        case incomplete(openingQuote: Int?)
        /// Reading can go on at the index, the line after the opening quote's: what follows may be good lines.
        case malformed(Fault, next: Int)
    }

    static let comma: UInt8 = 0x2C
    static let quote: UInt8 = 0x22
    static let lineFeed: UInt8 = 0x0A
    static let carriageReturn: UInt8 = 0x0D

    /// - Parameters:
    ///   - isLast: the file ends with these bytes.
    ///   - fields: receives the record's fields; what it held before is dropped.
    static func scan(
        _ bytes: Span<UInt8>,
        from start: Int,
        isLast: Bool,
        into fields: inout [RawField]
    ) -> Outcome {
        fields.removeAll(keepingCapacity: true)
        let end = bytes.count
        var index = start
        while true {
            if index < end, bytes[index] == quote {
                let opening = index
                switch quotedField(bytes, from: opening, isLast: isLast) {
                case .field(let field):
                    fields.append(field)
                    index = field.start + field.count + 1
                case .other(let outcome):
                    return outcome
                }
                if index == end { return isLast ? .record(next: end) : .incomplete(openingQuote: opening) }
                if bytes[index] == comma {
                    index += 1
                    continue
                }
                if bytes[index] == lineFeed { return .record(next: index + 1) }
                if bytes[index] == carriageReturn {
                    if index + 1 == end { return isLast ? .record(next: end) : .incomplete(openingQuote: opening) }
                    if bytes[index + 1] == lineFeed { return .record(next: index + 2) }
                }
                return malformed(.textFollows, bytes, from: opening, to: index, isLast: isLast)
            }

            let fieldStart = index
            while index < end, bytes[index] != comma, bytes[index] != lineFeed { index += 1 }
            if index == end, !isLast { return .incomplete(openingQuote: nil) }
            var fieldEnd = index
            let endsRecord = index == end || bytes[index] == lineFeed
            if endsRecord, fieldEnd > fieldStart, bytes[fieldEnd - 1] == carriageReturn { fieldEnd -= 1 }
            fields.append(RawField(start: fieldStart, count: fieldEnd - fieldStart))
            if endsRecord { return .record(next: min(index + 1, end)) }
            index += 1
        }
    }

    /// Where the line after the one that holds `index` begins, or nil when the bytes end first.
    static func nextLine(_ bytes: Span<UInt8>, after index: Int) -> Int? {
        var index = index
        while index < bytes.count {
            if bytes[index] == lineFeed { return index + 1 }
            index += 1
        }
        return nil
    }

    private enum Quoted {
        case field(RawField)
        case other(Outcome)
    }

    private static func quotedField(_ bytes: Span<UInt8>, from open: Int, isLast: Bool) -> Quoted {
        var index = open + 1
        var hasDoubledQuotes = false
        while true {
            while index < bytes.count, bytes[index] != quote { index += 1 }
            // A quote that ends the chunk may be the first of two.
            if index + 1 >= bytes.count, !isLast { return .other(.incomplete(openingQuote: open)) }
            if index >= bytes.count {
                return .other(malformed(.neverClosed, bytes, from: open, to: bytes.count, isLast: true))
            }
            guard index + 1 < bytes.count, bytes[index + 1] == quote else { break }
            hasDoubledQuotes = true
            index += 2
        }
        return .field(
            RawField(start: open + 1, count: index - open - 1, isQuoted: true, hasDoubledQuotes: hasDoubledQuotes)
        )
    }

    private static func malformed(
        _ kind: QuoteFault,
        _ bytes: Span<UInt8>,
        from open: Int,
        to end: Int,
        isLast: Bool
    ) -> Outcome {
        let fault = Fault(kind: kind, openingQuote: open, end: end)
        if let next = nextLine(bytes, after: open) { return .malformed(fault, next: next) }
        return isLast ? .malformed(fault, next: bytes.count) : .incomplete(openingQuote: open)
    }
}
