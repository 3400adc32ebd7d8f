/// Reads a CSV file in chunks: a header line, then records (see ``CSVScanner`` for the format).
///
/// Memory is one chunk: 256 KB, or up to 2 MB when a record is that long. Empty lines are skipped. A record that is not well
/// formed, has more or fewer fields than the header, or holds a NUL is reported with its line and left out; reading goes on.
///
/// Encoding: UTF-8, with or without a byte order mark. A field that is not valid UTF-8 is read as Windows-1252, field by
/// field, which is what spreadsheets of Western Europe write.
package struct CSVReader {
    /// A record longer than this is a quote that was never closed.
    static let longestRecord = 1 << 20

    private var source: any ByteSource
    private let header: CSVHeader
    private let chunkSize: Int
    /// Bytes after the last whole record of the chunk before.
    private var carry: [UInt8]
    private var isAtEnd: Bool
    /// Where the next record starts.
    private var line: Int
    private var rawFields: [CSVScanner.RawField] = []
    /// The line that is read is the rest of a record that was too long and has been reported.
    private var isSkippingLine = false

    /// The file's name for messages.
    package var name: String { source.name }
    /// How much of the file has been read, 0…1; nil when its length is not known.
    package var fractionRead: Double? { source.fractionRead }

    /// Reads the header and finds the columns.
    /// - Throws: `missingColumns` naming what the header lacks, `emptyFile`, or what the source throws.
    package init(_ source: any ByteSource, columns: [CSVColumn], chunkSize: Int = 256 << 10) throws(ImportError) {
        self.source = source
        self.chunkSize = chunkSize
        var bytes: [UInt8] = []
        var fields: [CSVScanner.RawField] = []
        var wanted = chunkSize
        var next: Int?
        repeat {
            isAtEnd = try Self.fill(&bytes, upTo: wanted, from: &self.source)
            guard !bytes.isEmpty else {
                throw ImportError(.emptyFile, file: source.name, "is empty: its first line must name the columns")
            }
            let start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
            switch CSVScanner.scan(bytes.span, from: start, isLast: isAtEnd, into: &fields) {
            case .record(let index):
                next = index
            case .incomplete where bytes.count < Self.longestRecord:
                wanted *= 2
            case .incomplete, .malformed:
                try Self.refuseCarriageReturns(bytes, file: source.name)
                throw ImportError(.notText, file: source.name, "does not begin with a line that names its columns")
            }
        } while next == nil

        let names = fields.map { field in
            var text = Array(bytes[field.start..<field.start + field.count])
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
    package mutating func next(into batch: inout CSVBatch) throws(ImportError) -> Bool {
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
            switch CSVScanner.scan(batch.bytes.span, from: index, isLast: isAtEnd, into: &rawFields) {
            case .record(let next):
                // Lines are counted first: taking quotes off moves bytes.
                let start = line
                advance(from: index, to: next, in: batch.bytes.span)
                append(to: &batch, line: start, isPlain: isPlain, transcoded: &transcoded)
                index = next
            case .malformed(let reason, let next):
                batch.malformed.append(MalformedLine(line: line, reason: reason))
                advance(from: index, to: next, in: batch.bytes.span, mayHoldLines: true)
                index = next
            case .incomplete where index > 0:
                break scanning
            case .incomplete where batch.bytes.count < Self.longestRecord:
                try fill(&batch.bytes, upTo: batch.bytes.count * 2)
                isPlain = CSVText.isPlain(batch.bytes.span)
            case .incomplete:
                let end = CSVScanner.nextLine(batch.bytes.span, after: index)
                let next = end ?? batch.bytes.count
                isSkippingLine = end == nil
                batch.malformed.append(MalformedLine(line: line, reason: "is over 1 MB long: a quote is not closed"))
                advance(from: index, to: next, in: batch.bytes.span, mayHoldLines: true)
                index = next
            }
        }
        carry.append(contentsOf: batch.bytes[index...])
        if !transcoded.isEmpty { batch.bytes.append(contentsOf: transcoded) }
        return true
    }

    private mutating func advance(from index: Int, to next: Int, in bytes: Span<UInt8>, mayHoldLines: Bool = false) {
        // Without quotes a record is one line, and most files have few quotes.
        let holdsLines = mayHoldLines || rawFields.contains { $0.isQuoted }
        line += holdsLines ? CSVText.lineFeeds(bytes, in: index..<next) : 1
    }

    /// Adds the record in `rawFields`. Transcoded fields go behind the chunk's bytes, where they are appended at its end.
    private func append(to batch: inout CSVBatch, line: Int, isPlain: Bool, transcoded: inout [UInt8]) {
        if rawFields.count == 1, rawFields[0].count == 0, !rawFields[0].isQuoted, header.width > 1 { return }
        guard rawFields.count == header.width else {
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
            var field = CSVBatch.Field(start: Int32(raw.start), count: Int32(raw.count))
            if raw.hasDoubledQuotes {
                field.count = Int32(CSVText.collapseQuotes(&batch.bytes, raw.start..<raw.start + raw.count))
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
        if !isAtEnd { isAtEnd = try Self.fill(&bytes, upTo: count, from: &source) }
    }

    /// Appends what the source gives until there are `count` bytes.
    /// - Returns: whether the source has ended.
    private static func fill(
        _ bytes: inout [UInt8],
        upTo count: Int,
        from source: inout any ByteSource
    ) throws(ImportError) -> Bool {
        var filled = bytes.count
        guard filled < count else { return false }
        bytes.append(contentsOf: repeatElement(0, count: count - filled))
        defer { bytes.removeLast(count - filled) }
        while filled < count {
            let got = try source.read(into: &bytes, filled..<count)
            if got == 0 { return true }
            filled += got
        }
        return false
    }
}
