package import FoundationEssentials
package import Shop
import TextFormats

package typealias ShopInteractionReader = RecordReader<ShopInteractionFormat>

/// An interactions file: `user_id, product_id, interaction_type, value, timestamp`, and `order_id`, `session_id`, `event_id`
/// and `request_id` when it has them.
///
/// What a field may hold is the rule of the API: `ExternalID`, ``TextRule``, ``InteractionType/valueRule``. See
/// ``TimestampText`` for times. Without an `event_id` of its own a line's event id is made of its content, so a line that
/// repeats an earlier one is an exact duplicate; with one, a line that repeats its `event_id` is.
package struct ShopInteractionFormat: RecordFormat {
    private enum Column: Int {
        case userID, productID, type, value, timestamp, orderID, sessionID, eventID, requestID
    }

    package static let columns = [
        CSVColumn("user_id"), CSVColumn("product_id"), CSVColumn("interaction_type"), CSVColumn("value", .number),
        CSVColumn("timestamp"), CSVColumn("order_id", isRequired: false), CSVColumn("session_id", isRequired: false),
        CSVColumn("event_id", isRequired: false), CSVColumn("request_id", isRequired: false),
    ]
    package static var dateColumn: Int? { Column.timestamp.rawValue }

    /// The columns that an event id is made of. It must never change: the same file has to give the same ids.
    private static let hashed = 0..<Column.requestID.rawValue

    private var seen = RowHashSet()

    package mutating func outcome(
        ofRow row: Int,
        of batch: CSVBatch,
        _ times: TimeReading
    ) -> LineOutcome<NewInteraction> {
        let bytes = batch.bytes.span
        func field(_ column: Column) -> Range<Int> { batch.trimmed(row, column.rawValue) }
        func isAbsent(_ column: Column) -> Bool { batch.isAbsent(row, column.rawValue) }

        if isAbsent(.userID) { return .leftOut(.missingCustomer, example: nil) }
        for (column, name) in [(Column.userID, "user_id"), (.productID, "product_id"), (.eventID, "event_id")] {
            let id = bytes.extracting(field(column))
            guard ExternalID.isValid(id) || column == .eventID && isAbsent(column) else {
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
        var value = type.valueRule.absent
        let valueText = bytes.extracting(field(.value))
        if isAbsent(.value) {
            if type.valueRule.isRequired {
                return .malformed(
                    field: "value",
                    reason: "is missing; of a \(type.rawValue) it \(type.valueRule.words)"
                )
            }
        } else {
            guard let number = DecimalParser.double(valueText) else {
                return .malformed(field: "value", reason: "is not a decimal number: \(ImportText.quoted(valueText))")
            }
            if type == .purchase, number <= 0 {
                return .leftOut(.nonPositiveQuantity, example: ImportText.string(valueText))
            }
            value = type.valueRule.accepted(number)
            guard value != nil else {
                let rule = "of a \(type.rawValue) \(type.valueRule.words)"
                return .malformed(field: "value", reason: "\(rule), not \(ImportText.quoted(valueText))")
            }
        }
        let microseconds: Int64
        do throws(TimestampText.Fault) {
            microseconds = try times.eventTime(bytes.extracting(field(.timestamp)))
        } catch {
            return .malformed(field: "timestamp", reason: error.reason)
        }
        var texts: [String?] = []
        for (column, name, rule) in [
            (Column.orderID, "order_id", TextRule.orderID), (.sessionID, "session_id", .sessionID),
            (.requestID, "request_id", .requestID),
        ] {
            guard let text = batch.text(row, column.rawValue) else {
                texts.append(nil)
                continue
            }
            guard let accepted = rule.accepted(text) else {
                return .malformed(field: name, reason: ImportText.fault(rule, bytes.extracting(field(column))))
            }
            texts.append(accepted)
        }

        let eventID = batch.text(row, Column.eventID.rawValue)
        var hash = RowHash()
        if eventID == nil {
            hash = batch.hash(row, Self.hashed)
        } else {
            hash.combine(bytes.extracting(field(.eventID)))
        }
        guard seen.insert(hash) else { return .leftOut(.exactDuplicate, example: eventID) }
        return .kept(
            NewInteraction(
                eventID: eventID ?? "csv-\(hash.longHexadecimal)",
                userID: ImportText.string(bytes.extracting(field(.userID))),
                productID: ImportText.string(bytes.extracting(field(.productID))),
                type: type,
                value: value,
                timestamp: TimeReading.date(microseconds),
                sessionID: texts[1],
                orderID: texts[0],
                requestID: texts[2]
            )
        )
    }
}

extension RecordReader where Format == ShopInteractionFormat {
    /// - Parameter now: the clock, for times in the future, which are malformed.
    /// - Throws: when the file lacks one of the columns or cannot be read.
    package init(_ source: any ByteSource, now: Date = Date()) throws(ImportError) {
        try self.init(source, ShopInteractionFormat(), now: now)
    }
}
