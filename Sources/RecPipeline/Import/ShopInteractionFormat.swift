import FoundationEssentials
import Shop

typealias ShopInteractionReader = RecordReader<ShopInteractionFormat>

/// An interactions file: `user_id, product_id, interaction_type, value, timestamp`, and `order_id`, `session_id`, `event_id`
/// and `request_id` when it has them.
///
/// What a field may hold is the rule of the API: `ExternalID`, ``TextRule``, ``InteractionType/valueRule``. See
/// ``TimestampText`` for times. Without an `event_id` of its own a line's event id is made of its content, so a line that
/// repeats an earlier one is an exact duplicate; with one, a line that repeats its `event_id` is.
struct ShopInteractionFormat: RecordFormat {
    enum Column: Int {
        case userID, productID, type, value, timestamp, orderID, sessionID, eventID, requestID
    }

    static let columns = [
        CSVColumn("user_id"), CSVColumn("product_id"), CSVColumn("interaction_type"), CSVColumn("value", .number),
        CSVColumn("timestamp"), CSVColumn("order_id", isRequired: false), CSVColumn("session_id", isRequired: false),
        CSVColumn("event_id", isRequired: false), CSVColumn("request_id", isRequired: false),
    ]
    static let dateColumn: Column? = .timestamp

    /// The columns that an event id is made of. It must never change: the same file has to give the same ids.
    private static let hashed = 0..<Column.requestID.rawValue

    private var seen: Set<RowHash> = []

    mutating func outcome(of line: CSVLine<Column>) throws(FieldFault) -> LineOutcome<NewInteraction> {
        if line.isAbsent(.userID) { return .leftOut(.missingCustomer, example: nil) }
        let userID = try line.id(.userID)
        let productID = try line.id(.productID)
        let eventID = line.isAbsent(.eventID) ? nil : try line.id(.eventID)
        let name = line.string(.type)
        guard let type = InteractionType(rawValue: name) else {
            let known = InteractionType.allCases.map(\.rawValue).joined(separator: ", ")
            throw line.fault(.type, "is none of \(known): \(line.quoted(.type))")
        }
        let rule = type.valueRule
        var value = rule.absent
        if !line.isAbsent(.value) {
            guard let number = DecimalParser.double(line.batch.bytes.span.extracting(line.range(.value))) else {
                throw line.fault(.value, "is not a decimal number: \(line.quoted(.value))")
            }
            if type == .purchase, number <= 0 {
                return .leftOut(.nonPositiveQuantity, example: line.string(.value))
            }
            value = rule.accepted(number)
            guard value != nil else {
                throw line.fault(.value, "of a \(name) \(rule.words), not \(line.quoted(.value))")
            }
        } else if rule.isRequired {
            throw line.fault(.value, "is missing; of a \(name) it \(rule.words)")
        }
        let microseconds = try line.time(.timestamp)
        let orderID = try line.text(.orderID, .orderID)
        let sessionID = try line.text(.sessionID, .sessionID)
        let requestID = try line.text(.requestID, .requestID)

        var hash = RowHash()
        if eventID == nil {
            hash = line.hash(Self.hashed)
        } else {
            hash.combine(line.batch.bytes.span.extracting(line.range(.eventID)))
        }
        guard seen.insert(hash).inserted else { return .leftOut(.exactDuplicate, example: eventID) }
        return .kept(
            NewInteraction(
                eventID: eventID ?? "csv-\(hash.longHexadecimal)",
                userID: userID,
                productID: productID,
                type: type,
                value: value,
                timestamp: Date(unixMicroseconds: microseconds),
                sessionID: sessionID,
                orderID: orderID,
                requestID: requestID
            )
        )
    }
}
