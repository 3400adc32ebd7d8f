package import FoundationEssentials
import Shop
import TextFormats

/// Reads an interactions file: `user_id, product_id, interaction_type, value, timestamp`, and `order_id`, `session_id` and
/// `event_id` when it has them.
///
/// `value` is stars for a rating (1…5), -1 or 1 for feedback, pieces for a purchase (1 when empty). See ``TimestampText`` for
/// times. Without an `event_id` of its own a line's event id is made of its content, so a line that repeats an earlier one is
/// an exact duplicate; with one, a line that repeats its `event_id` is.
package struct ShopInteractionReader: InteractionReader {
    private enum Column: Int, CaseIterable {
        case userID, productID, type, value, timestamp, orderID, sessionID, eventID
    }

    private static let columns: [CSVColumn] = [
        CSVColumn("user_id"), CSVColumn("product_id"), CSVColumn("interaction_type"), CSVColumn("value"),
        CSVColumn("timestamp"), CSVColumn("order_id", isRequired: false), CSVColumn("session_id", isRequired: false),
        CSVColumn("event_id", isRequired: false),
    ]

    private enum Outcome {
        case kept(NewInteraction)
        case leftOut(LeftOutReason)
        case malformed(field: String, reason: String)
    }

    private var reader: CSVReader
    private var batch = CSVBatch()
    private var seen = RowHashSet()
    private let latest: Int64
    package private(set) var summary = ImportSummary()
    package var fractionRead: Double? { reader.fractionRead }

    /// - Parameter now: a time more than a day after it is malformed.
    /// - Throws: when the file lacks one of the columns or cannot be read.
    package init(_ source: any ByteSource, now: Date = Date()) throws(ImportError) {
        reader = try CSVReader(source, columns: Self.columns)
        latest = TimestampText.latest(now)
    }

    package mutating func next() throws(ImportError) -> ImportBatch? {
        guard try reader.next(into: &batch) else { return nil }
        // A second reference, not a copy: rows are read from it while the reader's own state changes.
        let batch = batch
        var result = ImportBatch()
        result.interactions.reserveCapacity(batch.rowCount)
        result.malformed = batch.malformed
        for row in 0..<batch.rowCount {
            switch outcome(ofRow: row, of: batch) {
            case .kept(let interaction):
                summary.kept += 1
                result.interactions.append(interaction)
            case .leftOut(let reason):
                summary.leaveOut(reason)
            case .malformed(let field, let reason):
                result.malformed.append(MalformedLine(line: batch.lines[row], field: field, reason: reason))
            }
        }
        result.malformed.sort { $0.line < $1.line }
        summary.rowsRead += batch.rowCount + batch.malformed.count
        summary.malformed += result.malformed.count
        return result
    }

    private mutating func outcome(ofRow row: Int, of batch: CSVBatch) -> Outcome {
        let bytes = batch.bytes.span
        func field(_ column: Column) -> Range<Int> {
            ImportText.trimmed(batch.range(row, column.rawValue), in: bytes)
        }
        for (column, name, isRequired) in [
            (Column.userID, "user_id", true), (.productID, "product_id", true), (.orderID, "order_id", false),
            (.sessionID, "session_id", false), (.eventID, "event_id", false),
        ] {
            let id = bytes.extracting(field(column))
            guard ExternalID.isValid(id) || (id.isEmpty && !isRequired) else {
                return .malformed(field: name, reason: ImportText.idFault(id))
            }
        }
        let typeText = ImportText.string(bytes.extracting(field(.type)))
        guard let type = InteractionType(rawValue: typeText) else {
            let known = InteractionType.allCases.map(\.rawValue).joined(separator: ", ")
            return .malformed(
                field: "interaction_type",
                reason: "is none of \(known): \"\(ImportText.printable(typeText))\""
            )
        }
        let value: Float?
        switch Self.value(bytes.extracting(field(.value)), of: type) {
        case .success(let read): value = read
        case .failure(let fault): return .malformed(field: "value", reason: fault.reason)
        }
        let microseconds: Int64
        do throws(TimestampText.Fault) {
            microseconds = try TimestampText.eventTime(bytes.extracting(field(.timestamp)), latest: latest)
        } catch {
            return .malformed(field: "timestamp", reason: error.reason)
        }
        if type == .purchase, let value, value <= 0 { return .leftOut(.nonPositiveQuantity) }

        let eventID = bytes.extracting(field(.eventID))
        var hash = RowHash()
        if eventID.isEmpty {
            for column in Column.allCases { hash.combine(bytes.extracting(batch.range(row, column.rawValue))) }
        } else {
            hash.combine(eventID)
        }
        guard seen.insert(hash) else { return .leftOut(.exactDuplicate) }
        let orderID = ImportText.string(bytes.extracting(field(.orderID)))
        let sessionID = ImportText.string(bytes.extracting(field(.sessionID)))
        return .kept(
            NewInteraction(
                eventID: eventID.isEmpty ? "csv-\(hash.longHexadecimal)" : ImportText.string(eventID),
                userID: ImportText.string(bytes.extracting(field(.userID))),
                productID: ImportText.string(bytes.extracting(field(.productID))),
                type: type,
                value: value,
                timestamp: Date(timeIntervalSince1970: Double(microseconds) / 1_000_000),
                sessionID: sessionID.isEmpty ? nil : sessionID,
                orderID: orderID.isEmpty ? nil : orderID
            )
        )
    }

    private struct ValueFault: Error {
        var reason: String
    }

    private static func value(_ text: Span<UInt8>, of type: InteractionType) -> Result<Float?, ValueFault> {
        let decimals = 4
        let scale: Float = 10_000
        if text.isEmpty {
            switch type {
            case .purchase: return .success(1)
            case .rating: return .failure(ValueFault(reason: "is empty: a rating needs 1 to 5 stars"))
            case .feedback: return .failure(ValueFault(reason: "is empty: feedback is -1 or 1"))
            case .view, .addToCart, .impression, .click: return .success(nil)
            }
        }
        guard let fixed = NumberText.fixedPoint(text, decimals: decimals) else {
            return .failure(ValueFault(reason: "is not a decimal number: \(ImportText.quoted(text))"))
        }
        let value = Float(fixed) / scale
        switch type {
        case .rating where !(1...5).contains(value):
            return .failure(ValueFault(reason: "is not 1 to 5 stars: \(ImportText.quoted(text))"))
        case .feedback where value != 1 && value != -1:
            return .failure(ValueFault(reason: "is neither -1 nor 1: \(ImportText.quoted(text))"))
        default:
            return .success(value)
        }
    }
}
