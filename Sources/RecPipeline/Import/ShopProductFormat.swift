import FoundationEssentials
package import Shop
import TextFormats

package typealias ShopProductReader = RecordReader<ShopProductFormat>

/// A products file: `product_id, name, description, category, price`, and `stock`, `currency`, `active` and `metadata` when it
/// has them.
///
/// Prices are major units (`12.99`). A field without a value, and a column that is not there, says nothing: the shop keeps what
/// it has. An id may appear once: a line that repeats an earlier one exactly is left out, one that contradicts it is malformed.
package struct ShopProductFormat: RecordFormat {
    private enum Column: Int, CaseIterable {
        case productID, name, description, category, price, stock, currency, active, metadata
    }

    package static let columns = [
        CSVColumn("product_id"), CSVColumn("name"), CSVColumn("description", .text), CSVColumn("category"),
        CSVColumn("price", .number), CSVColumn("stock", isRequired: false, .number),
        CSVColumn("currency", isRequired: false), CSVColumn("active", isRequired: false),
        CSVColumn("metadata", isRequired: false, .text),
    ]
    package static var dateColumn: Int? { nil }

    private var ids = UniqueIDs()

    package mutating func outcome(
        ofRow row: Int,
        of batch: CSVBatch,
        _ times: TimeReading
    ) -> LineOutcome<CatalogueEntry> {
        let bytes = batch.bytes.span
        func text(_ column: Column) -> String? { batch.text(row, column.rawValue) }
        func malformed(_ field: Column, _ name: String, _ reason: String) -> LineOutcome<CatalogueEntry> {
            let shown = ImportText.quoted(bytes.extracting(batch.trimmed(row, field.rawValue)))
            return .malformed(field: name, reason: "\(reason): \(shown)")
        }

        let idText = bytes.extracting(batch.trimmed(row, Column.productID.rawValue))
        guard ExternalID.isValid(idText) else {
            return .malformed(field: "product_id", reason: ImportText.idFault(idText))
        }
        var entry = CatalogueEntry(productID: ImportText.string(idText))
        for (column, name, rule, field) in [
            (Column.name, "name", TextRule.productName, \CatalogueEntry.name),
            (.description, "description", .description, \.description), (.category, "category", .category, \.category),
        ] {
            // A description is text whatever it says.
            guard let written = column == .description ? Self.literalText(column, in: batch, row) : text(column) else {
                continue
            }
            guard let accepted = rule.accepted(written) else {
                return .malformed(field: name, reason: "\(rule.words): \"\(ImportText.printable(written))\"")
            }
            entry[keyPath: field] = accepted
        }
        if !batch.isAbsent(row, Column.price.rawValue) {
            let price = DecimalParser.fixedPoint(
                bytes.extracting(batch.trimmed(row, Column.price.rawValue)),
                decimals: 2
            )
            guard let price, price >= 0 else { return malformed(.price, "price", "is not a price such as 12.99") }
            entry.priceMinor = Int64(price)
        }
        if !batch.isAbsent(row, Column.stock.rawValue) {
            let stock = DecimalParser.integer(bytes.extracting(batch.trimmed(row, Column.stock.rawValue)))
            guard let pieces = stock.flatMap(Int32.init(exactly:)), pieces >= 0 else {
                return malformed(.stock, "stock", "is not a number of pieces")
            }
            entry.stock = pieces
        }
        entry.currency = text(.currency)
        guard entry.currency.map(Self.isCurrency) != false else {
            return malformed(.currency, "currency", "is not a code such as EUR")
        }
        if let flag = text(.active) {
            entry.active = Self.flag(flag)
            guard entry.active != nil else { return malformed(.active, "active", "is neither true nor false") }
        }
        entry.metadataJSON = text(.metadata)
        if let fault = entry.metadataJSON.flatMap(Self.metadataFault) {
            return .malformed(field: "metadata", reason: fault)
        }
        let hash = batch.hash(row, 0..<Column.allCases.count)
        return ids.repetition(of: entry.productID, field: "product_id", line: batch.lines[row], hash: hash)
            ?? .kept(entry)
    }

    /// A field as text whatever it says, nil when it is empty.
    private static func literalText(_ column: Column, in batch: CSVBatch, _ row: Int) -> String? {
        let field = batch.trimmed(row, column.rawValue)
        return field.isEmpty ? nil : ImportText.string(batch.bytes.span.extracting(field))
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

extension RecordReader where Format == ShopProductFormat {
    /// - Throws: when the file lacks one of the columns or cannot be read.
    package init(_ source: any ByteSource) throws(ImportError) {
        try self.init(source, ShopProductFormat(), now: Date())
    }
}
