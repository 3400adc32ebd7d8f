import Shop
import TextFormats

typealias ShopProductReader = RecordReader<ShopProductFormat>

/// A products file: `product_id, name, description, category, price`, and `stock`, `currency`, `active` and `metadata` when it
/// has them.
///
/// Prices are major units (`12.99`). A field without a value, and a column that is not there, says nothing: the shop keeps what
/// it has. An id may appear once: a line that repeats an earlier one exactly is left out, one that contradicts it is malformed.
struct ShopProductFormat: RecordFormat {
    enum Column: Int, CaseIterable {
        case productID, name, description, category, price, stock, currency, active, metadata
    }

    static let columns = [
        CSVColumn("product_id"), CSVColumn("name"), CSVColumn("description", .text), CSVColumn("category"),
        CSVColumn("price", .number), CSVColumn("stock", isRequired: false, .number),
        CSVColumn("currency", isRequired: false), CSVColumn("active", isRequired: false),
        CSVColumn("metadata", isRequired: false, .text),
    ]
    static let dateColumn: Column? = nil

    private var ids = UniqueIDs()

    mutating func outcome(of line: CSVLine<Column>) throws(FieldFault) -> LineOutcome<CatalogueEntry> {
        let bytes = line.batch.bytes.span
        func malformed(_ column: Column, _ reason: String) -> FieldFault {
            line.fault(column, "\(reason): \(line.quoted(column))")
        }

        var entry = CatalogueEntry(productID: try line.id(.productID))
        entry.name = try line.text(.name, .productName)
        // A description is text whatever it says.
        if !line.range(.description).isEmpty {
            entry.description = try line.accepted(line.string(.description), .description, .description)
        }
        entry.category = try line.text(.category, .category)
        if !line.isAbsent(.price) {
            let price = DecimalParser.fixedPoint(bytes.extracting(line.range(.price)), decimals: 2)
            guard let price, price >= 0 else { throw malformed(.price, "is not a price such as 12.99") }
            entry.priceMinor = Int64(price)
        }
        if !line.isAbsent(.stock) {
            let stock = DecimalParser.integer(bytes.extracting(line.range(.stock))).flatMap(Int32.init(exactly:))
            guard let stock, stock >= 0 else { throw malformed(.stock, "is not a number of pieces") }
            entry.stock = stock
        }
        entry.currency = line.text(.currency)
        guard entry.currency.map(Self.isCurrency) != false else {
            throw malformed(.currency, "is not a code such as EUR")
        }
        if let flag = line.text(.active) {
            entry.active = Self.flag(flag)
            guard entry.active != nil else { throw malformed(.active, "is neither true nor false") }
        }
        entry.metadataJSON = line.text(.metadata)
        if let fault = entry.metadataJSON.flatMap(Self.metadataFault) { throw line.fault(.metadata, fault) }
        return try ids.outcome(entry, entry.productID, .productID, of: line)
    }

    private static func isCurrency(_ code: String) -> Bool {
        code.utf8.count == 3 && code.utf8.allSatisfy { (0x41...0x5A).contains($0) }
    }

    private static func flag(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "true", "t", "yes", "1": true
        case "false", "f", "no", "0": false
        default: nil
        }
    }

    /// Why a text is no JSON object that PostgreSQL can store.
    private static func metadataFault(_ text: String) -> String? {
        do {
            let value = try JSONParser.parse(text)
            guard value.object != nil else { return "is not a JSON object but \(value.kind)" }
            if holdsNUL(value) { return "must not contain the character U+0000" }
            return hasLongExponent(text) ? "holds a number whose exponent has more than three digits" : nil
        } catch {
            return "is not JSON: \(error)"
        }
    }

    private static func holdsNUL(_ value: JSONValue) -> Bool {
        switch value {
        case .string(let text): text.utf8.contains(0)
        case .array(let elements): elements.contains(where: holdsNUL)
        case .object(let members): members.contains { $0.key.utf8.contains(0) || holdsNUL($0.value) }
        case .null, .bool, .integer, .number: false
        }
    }

    /// `1e-20000` is a JSON number that is 0 to most readers and an error to PostgreSQL.
    private static func hasLongExponent(_ json: String) -> Bool {
        var isInString = false
        var isEscaped = false
        var digits = 0
        var isExponent = false
        for byte in json.utf8 {
            if isEscaped {
                isEscaped = false
                continue
            }
            switch byte {
            case UInt8(ascii: "\\") where isInString: isEscaped = true
            case UInt8(ascii: "\""): isInString.toggle()
            case UInt8(ascii: "e") where !isInString, UInt8(ascii: "E") where !isInString:
                (isExponent, digits) = (true, 0)
            case UInt8(ascii: "+") where isExponent, UInt8(ascii: "-") where isExponent: break
            case UInt8(ascii: "0")...UInt8(ascii: "9") where isExponent:
                digits += 1
                if digits > 3 { return true }
            default: isExponent = false
            }
        }
        return false
    }
}
