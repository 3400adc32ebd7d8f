package import Shop
import TextFormats

/// Reads a products file: `product_id, name, description, category, price`, and `stock` and `currency` when it has them.
///
/// Prices are major units (`12.99`). An empty field, and a column that is not there, says nothing: the shop keeps what it has.
/// An id may stand once: a line that repeats an earlier one exactly is left out, one that contradicts it is malformed.
package struct ShopProductReader {
    private enum Column: Int, CaseIterable {
        case productID, name, description, category, price, stock, currency
    }

    private static let columns: [CSVColumn] = [
        CSVColumn("product_id"), CSVColumn("name"), CSVColumn("description"), CSVColumn("category"), CSVColumn("price"),
        CSVColumn("stock", isRequired: false), CSVColumn("currency", isRequired: false),
    ]

    private enum Outcome {
        case kept(CatalogueEntry)
        case leftOut(LeftOutReason)
        case malformed(field: String, reason: String)

        static func tooLong(_ field: String, _ longest: Int) -> Outcome {
            .malformed(field: field, reason: "is longer than \(longest) characters")
        }
    }

    private var reader: CSVReader
    private var batch = CSVBatch()
    /// For each id its line and that line's hash.
    private var seen: [String: (line: Int, hash: RowHash)] = [:]
    package private(set) var summary = ImportSummary()
    /// How much of the file has been read, 0…1; nil when its length is not known.
    package var fractionRead: Double? { reader.fractionRead }

    /// - Throws: when the file lacks one of the columns or cannot be read.
    package init(_ source: any ByteSource) throws(ImportError) {
        reader = try CSVReader(source, columns: Self.columns)
    }

    /// The next chunk of products, or nil at the end of the file.
    package mutating func next() throws(ImportError) -> (products: [CatalogueEntry], malformed: [MalformedLine])? {
        guard try reader.next(into: &batch) else { return nil }
        // A second reference, not a copy: rows are read from it while the reader's own state changes.
        let batch = batch
        var products: [CatalogueEntry] = []
        var malformed = batch.malformed
        for row in 0..<batch.rowCount {
            switch outcome(ofRow: row, of: batch) {
            case .kept(let product):
                summary.kept += 1
                products.append(product)
            case .leftOut(let reason):
                summary.leaveOut(reason)
            case .malformed(let field, let reason):
                malformed.append(MalformedLine(line: batch.lines[row], field: field, reason: reason))
            }
        }
        malformed.sort { $0.line < $1.line }
        summary.rowsRead += batch.rowCount + batch.malformed.count
        summary.malformed += malformed.count
        return (products, malformed)
    }

    private mutating func outcome(ofRow row: Int, of batch: CSVBatch) -> Outcome {
        let bytes = batch.bytes.span
        func field(_ column: Column) -> Range<Int> {
            ImportText.trimmed(batch.range(row, column.rawValue), in: bytes)
        }
        let idText = bytes.extracting(field(.productID))
        guard ExternalID.isValid(idText) else {
            return .malformed(field: "product_id", reason: ImportText.idFault(idText))
        }
        let name = bytes.extracting(field(.name))
        if name.isEmpty { return .malformed(field: "name", reason: "is empty") }
        let description = bytes.extracting(field(.description))
        let category = bytes.extracting(field(.category))
        if !ImportText.isAtMost(CatalogueText.longestName, name) { return .tooLong("name", CatalogueText.longestName) }
        if !ImportText.isAtMost(CatalogueText.longestDescription, description) {
            return .tooLong("description", CatalogueText.longestDescription)
        }
        if !ImportText.isAtMost(CatalogueText.longestCategory, category) {
            return .tooLong("category", CatalogueText.longestCategory)
        }
        let priceText = bytes.extracting(field(.price))
        guard let price = NumberText.fixedPoint(priceText, decimals: 2), price >= 0 else {
            return .malformed(field: "price", reason: "is not a price such as 12.99: \(ImportText.quoted(priceText))")
        }
        let stockText = bytes.extracting(field(.stock))
        let stock = NumberText.integer(stockText).flatMap(Int32.init(exactly:))
        guard stockText.isEmpty || stock.map({ $0 >= 0 }) == true else {
            return .malformed(field: "stock", reason: "is not a number of pieces: \(ImportText.quoted(stockText))")
        }
        let currencyText = bytes.extracting(field(.currency))
        let currency = ImportText.nonEmpty(currencyText)
        guard currency == nil || Self.isCurrency(currencyText) else {
            return .malformed(
                field: "currency",
                reason: "is not a code such as EUR: \(ImportText.quoted(currencyText))"
            )
        }

        let productID = ImportText.string(idText)
        var hash = RowHash()
        for column in Column.allCases { hash.combine(bytes.extracting(batch.range(row, column.rawValue))) }
        if let earlier = seen[productID] {
            guard earlier.hash != hash else { return .leftOut(.exactDuplicate) }
            return .malformed(field: "product_id", reason: "\(productID) is on line \(earlier.line) already")
        }
        seen[productID] = (batch.lines[row], hash)
        return .kept(
            CatalogueEntry(
                productID: productID,
                name: ImportText.string(name),
                description: ImportText.nonEmpty(description),
                category: ImportText.nonEmpty(category),
                priceMinor: Int64(price),
                currency: currency,
                stock: stock
            )
        )
    }

    private static func isCurrency(_ text: Span<UInt8>) -> Bool {
        guard text.count == 3 else { return false }
        for index in text.indices where !(0x41...0x5A).contains(text[index]) { return false }
        return true
    }
}
