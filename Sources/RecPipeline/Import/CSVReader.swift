/// Reads a CSV file in chunks: a header line, then records (see ``CSVScanner`` for the format).
///
/// Memory is one chunk: 256 KB, or up to 2 MB when a record is that long. Lines without text are skipped. A record that is not
/// well formed, has more or fewer fields than the header (empty ones at its end do not count), or holds a NUL is reported with
/// its line and left out; reading goes on.
///
/// A stray quote, which opens a field that swallows lines, costs its own line alone: reading goes on at the line after it,
/// also when some later quote happens to close the field. See ``strayField(in:from:)``.
///
/// Encoding: UTF-8, with or without a byte order mark. A field that is not valid UTF-8 is read as Windows-1252, field by
/// field, which is what spreadsheets of Western Europe write.
struct CSVReader {
    /// A record longer than this is a quote that was never closed.
    private static let longestRecord = 1 << 20

    private var source: any ByteSource
    private let header: CSVHeader
    private let chunkSize: Int
    /// Bytes after the last complete record of the chunk before.
    private var carry: [UInt8]
    private var isAtEnd: Bool
    /// Where the next record starts.
    private var line: Int
    private var rawFields: [CSVScanner.RawField] = []
    /// The line that is read is the rest of a record that was too long and has been reported.
    private var isSkippingLine = false

    /// The file's name for messages.
    var name: String { source.name }
    /// How much of the file has been read, 0…1; nil when its length is not known.
    var fractionRead: Double? { source.fractionRead }

    /// Reads the header and finds the columns.
    /// - Throws: `missingColumns` naming what the header lacks, `emptyFile`, or what the source throws.
    init(_ source: any ByteSource, columns: [CSVColumn], chunkSize: Int = 256 << 10) throws(ImportError) {
        self.source = source
        self.chunkSize = chunkSize
        var bytes: [UInt8] = []
        var fields: [CSVScanner.RawField] = []
        var target = chunkSize
        var next: Int?
        repeat {
            isAtEnd = try self.source.fill(&bytes, upTo: target)
            guard !bytes.isEmpty else {
                throw ImportError(.emptyFile, file: source.name, "is empty: its first line must name the columns")
            }
            let start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
            switch CSVScanner.scan(bytes.span, from: start, isLast: isAtEnd, into: &fields) {
            case .record(let index):
                next = index
            case .incomplete where bytes.count < Self.longestRecord:
                target *= 2
            case .incomplete, .malformed:
                try Self.refuseCarriageReturns(bytes, file: source.name)
                throw ImportError(.notText, file: source.name, "does not begin with a line that names its columns")
            }
        } while next == nil

        let names = fields.map { field in
            var text = Array(bytes[field.range])
            if field.hasDoubledQuotes { text.removeLast(text.count - CSVText.collapseQuotes(&text, text.indices)) }
            if !CSVText.isUTF8(text.span) { text = CSVText.fromWindows1252(text.span) }
            return String(decoding: text, as: UTF8.self)
        }
        // No line feed ended the header, so a carriage return in it ended a line.
        if next == bytes.count { try Self.refuseCarriageReturns(bytes, file: source.name) }
        header = try CSVHeader(names: names, columns: columns, file: source.name)
        line = 1 + CSVText.lineFeeds(bytes.span, in: 0..<(next ?? 0))
        carry = Array(bytes[(next ?? 0)...])
    }

    /// Fills the batch with the next records, possibly none of them well formed.
    /// - Returns: false when the file has ended; the batch is then empty.
    mutating func next(into batch: inout CSVBatch) throws(ImportError) -> Bool {
        batch.removeAll()
        batch.columnCount = header.positions.count
        batch.bytes.append(contentsOf: carry)
        carry.removeAll(keepingCapacity: true)
        try fill(&batch.bytes, upTo: chunkSize)
        guard !batch.bytes.isEmpty else { return false }
        if isSkippingLine {
            guard let next = CSVScanner.nextLine(batch.bytes.span, after: 0) else {
                batch.bytes.removeAll(keepingCapacity: true)
                return true
            }
            batch.bytes.removeSubrange(..<next)
            line += 1
            isSkippingLine = false
        }

        var isPlain = CSVText.isPlain(batch.bytes.span)
        var transcoded: [UInt8] = []
        var index = 0
        scanning: while index < batch.bytes.count {
            let end: Int
            switch CSVScanner.scan(batch.bytes.span, from: index, isLast: isAtEnd, into: &rawFields) {
            case .record(let next):
                let lineCount = rawFields.contains { $0.isQuoted } ? lines(batch.bytes.span, index..<next) : 1
                if lineCount > 1, let field = strayField(in: batch.bytes.span, from: index) {
                    // The opening quote's line ends inside the field.
                    end = CSVScanner.nextLine(batch.bytes.span, after: field.start) ?? next
                    reportQuote(at: field.start, to: field.range.upperBound, .holdsLines, from: index, in: &batch)
                    line += lines(batch.bytes.span, index..<end)
                } else {
                    append(to: &batch, isPlain: isPlain, transcoded: &transcoded)
                    line += lineCount
                    end = next
                }
            case .malformed(let fault, let next):
                reportQuote(at: fault.openingQuote, to: fault.end, fault.kind, from: index, in: &batch)
                line += lines(batch.bytes.span, index..<next)
                end = next
            case .incomplete where index > 0:
                break scanning
            case .incomplete where batch.bytes.count < Self.longestRecord:
                try fill(&batch.bytes, upTo: batch.bytes.count * 2)
                isPlain = CSVText.isPlain(batch.bytes.span)
                continue
            case .incomplete(let openingQuote):
                if let openingQuote {
                    reportQuote(at: openingQuote, to: batch.bytes.count, .tooLong, from: index, in: &batch)
                } else {
                    batch.malformed.append(MalformedLine(line: line, reason: "is over 1 MB long"))
                }
                let next = CSVScanner.nextLine(batch.bytes.span, after: openingQuote ?? index)
                isSkippingLine = next == nil
                end = next ?? batch.bytes.count
                // The rest of a line without an end is counted where it is skipped.
                line += CSVText.lineFeeds(batch.bytes.span, in: index..<end)
            }
            index = end
        }
        carry.append(contentsOf: batch.bytes[index...])
        if !transcoded.isEmpty { batch.bytes.append(contentsOf: transcoded) }
        return true
    }

    // MARK: Quotes

    /// Reports a field in quotes that is a fault, with the lines that it spans. The line of its opening quote is the one left
    /// out.
    private func reportQuote(
        at opening: Int,
        to end: Int,
        _ fault: CSVScanner.QuoteFault,
        from start: Int,
        in batch: inout CSVBatch
    ) {
        let first = line + CSVText.lineFeeds(batch.bytes.span, in: start..<opening)
        var last = first + CSVText.lineFeeds(batch.bytes.span, in: opening..<end)
        // A line feed that ends the file begins no line.
        if end == batch.bytes.count, end > opening, batch.bytes[end - 1] == CSVScanner.lineFeed { last -= 1 }
        var reason = "a quote that opens a field \(fault.rawValue)"
        if last > first {
            reason += fault == .holdsLines ? " up to line \(last)" : ", up to line \(last)"
            reason += "; what follows line \(first) is read line by line"
        }
        batch.malformed.append(MalformedLine(line: first, reason: reason))
    }

    /// Lines that a range of records takes, the last one possibly without its end.
    private func lines(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int {
        let ends = CSVText.lineFeeds(bytes, in: range)
        return bytes[range.upperBound - 1] == CSVScanner.lineFeed ? ends : ends + 1
    }

    /// The field that a stray quote opened, of a record over several lines; nil when the record means what it says.
    ///
    /// It is stray when it makes the record hold too many or too few fields, when it swallows lines into a column that holds
    /// one line, and when both the line that it opens on and the line that it closes on would be records by themselves:
    /// `p1,Lamp,12" wide,…` and a later `p9,Rod,3" thick,…` whose quotes were not doubled. A writer that puts every field
    /// of a record in quotes means them.
    private func strayField(in bytes: Span<UInt8>, from start: Int) -> CSVScanner.RawField? {
        for (position, field) in rawFields.enumerated()
        where field.isQuoted && CSVText.lineFeeds(bytes, in: field.range) > 0 {
            guard hasHeaderWidth, position < header.width, header.contents[position] == .text else { return field }
            if rawFields.contains(where: { !$0.isQuoted }), joinsTwoRecords(field, at: position, in: bytes, from: start)
            {
                return field
            }
        }
        return nil
    }

    /// Whether the record in `rawFields` has as many fields as the header, and after them only empty ones.
    private var hasHeaderWidth: Bool {
        rawFields.count == header.width
            || rawFields.count > header.width && rawFields[header.width...].allSatisfy { $0.count == 0 }
    }

    private func joinsTwoRecords(
        _ field: CSVScanner.RawField,
        at position: Int,
        in bytes: Span<UInt8>,
        from start: Int
    ) -> Bool {
        // Lines of its own before the field's: the line that it opens on is no record.
        guard CSVText.lineFeeds(bytes, in: start..<field.start) == 0 else { return false }
        var firstEnd = field.start
        while bytes[firstEnd] != CSVScanner.lineFeed { firstEnd += 1 }
        if firstEnd > field.start, bytes[firstEnd - 1] == CSVScanner.carriageReturn { firstEnd -= 1 }
        var lastStart = field.range.upperBound
        while bytes[lastStart - 1] != CSVScanner.lineFeed { lastStart -= 1 }
        return couldBeFields(bytes, field.start..<firstEnd, positions: position..<header.width)
            && couldBeFields(bytes, lastStart..<field.range.upperBound, positions: 0..<position + 1)
    }

    /// Whether a range, divided at its commas, fills these columns, numbers where they hold numbers.
    private func couldBeFields(_ bytes: Span<UInt8>, _ range: Range<Int>, positions: Range<Int>) -> Bool {
        var position = positions.lowerBound
        var start = range.lowerBound
        for index in range.lowerBound...range.upperBound
        where index == range.upperBound || bytes[index] == CSVScanner.comma {
            guard positions.contains(position) else { return false }
            let piece = bytes.extracting(ImportText.trimmed(start..<index, in: bytes))
            if header.contents[position] == .number, !piece.isEmpty, !ImportText.isAbsenceWord(piece),
                DecimalParser.double(piece) == nil
            {
                return false
            }
            position += 1
            start = index + 1
        }
        return position == positions.upperBound
    }

    /// Adds the record in `rawFields`. Transcoded fields are stored after the chunk's bytes.
    private func append(to batch: inout CSVBatch, isPlain: Bool, transcoded: inout [UInt8]) {
        if header.width > 1, rawFields.allSatisfy({ $0.count == 0 && !$0.isQuoted }) { return }
        guard hasHeaderWidth else {
            let reason = "has \(rawFields.count) fields where the header has \(header.width)"
            batch.malformed.append(MalformedLine(line: line, reason: reason))
            return
        }
        let rowStart = batch.fields.count
        for position in header.positions {
            guard let position else {
                batch.fields.append(CSVBatch.Field(start: 0, count: 0))
                continue
            }
            let raw = rawFields[position]
            var field = CSVBatch.Field(start: Int32(raw.start), count: Int32(raw.count), isQuoted: raw.isQuoted)
            if raw.hasDoubledQuotes {
                field.count = Int32(CSVText.collapseQuotes(&batch.bytes, raw.range))
            }
            if !isPlain {
                switch CSVText.inspect(batch.bytes.span, Int(field.start)..<Int(field.start + field.count)) {
                case .utf8:
                    break
                case .holdsNUL:
                    batch.fields.removeSubrange(rowStart...)
                    batch.malformed.append(MalformedLine(line: line, reason: "holds a NUL byte"))
                    return
                case .windows1252(let decoded):
                    field.start = Int32(batch.bytes.count + transcoded.count)
                    field.count = Int32(decoded.count)
                    transcoded.append(contentsOf: decoded)
                }
            }
            batch.fields.append(field)
        }
        batch.lines.append(line)
    }

    /// Files of old Macs end their lines with CR alone: one endless line here, from which no row would come.
    private static func refuseCarriageReturns(_ bytes: [UInt8], file: String) throws(ImportError) {
        guard bytes.dropLast().contains(CSVScanner.carriageReturn), !bytes.contains(CSVScanner.lineFeed) else { return }
        throw ImportError(
            .notText,
            file: file,
            "ends its lines with a carriage return alone, as old Macs did: save it with line feeds (LF or CRLF)"
        )
    }

    private mutating func fill(_ bytes: inout [UInt8], upTo count: Int) throws(ImportError) {
        if !isAtEnd { isAtEnd = try source.fill(&bytes, upTo: count) }
    }
}
