package import Shop

/// Reads a products file: `product_id, name, description, category, price`, and `stock` and `currency` when it has them.
///
/// Prices are major units (`12.99`). A product without a category is in "Uncategorised". An id may stand once: a line that
/// repeats an earlier one exactly is left out, one that contradicts it is malformed.
package struct ShopProductReader {
    /// What a line gets when the file does not say.
    package struct Defaults: Sendable {
        package var category = "Uncategorised"
        package var currency = "GBP"
        package var stock: Int32

        package init(stock: Int32) {
            self.stock = stock
        }
    }

    private enum Column: Int, CaseIterable {
        case productID, name, description, category, price, stock, currency
    }

    private static let columns: [CSVColumn] = [
        CSVColumn("product_id"), CSVColumn("name"), CSVColumn("description"), CSVColumn("category"), CSVColumn("price"),
        CSVColumn("stock", isRequired: false), CSVColumn("currency", isRequired: false),
    ]

    private enum Outcome {
        case kept(Product)
        case leftOut(LeftOutReason)
        case malformed(field: String, reason: String)
    }

    private var reader: CSVReader
    private var batch = CSVBatch()
    private let defaults: Defaults
    /// For each id its line and that line's hash.
    private var seen: [String: (line: Int, hash: RowHash)] = [:]
    package private(set) var summary = ImportSummary()

    /// - Throws: when the file lacks one of the columns or cannot be read.
    package init(_ source: any ByteSource, defaults: Defaults) throws(ImportError) {
        reader = try CSVReader(source, columns: Self.columns)
        self.defaults = defaults
    }

    /// The next chunk of products, or nil at the end of the file.
    package mutating func next() throws(ImportError) -> (products: [Product], malformed: [MalformedLine])? {
        guard try reader.next(into: &batch) else { return nil }
        // A second reference, not a copy: rows are read from it while the reader's own state changes.
        let batch = batch
        var products: [Product] = []
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
            return .malformed(field: "product_id", reason: ExternalID.rule(brokenBy: idText))
        }
        let name = ImportText.string(bytes.extracting(field(.name)))
        guard !name.isEmpty else { return .malformed(field: "name", reason: "is empty") }
        guard name.unicodeScalars.count <= 500 else {
            return .malformed(field: "name", reason: "is longer than 500 characters")
        }
        let category = ImportText.string(bytes.extracting(field(.category)))
        guard category.unicodeScalars.count <= 200 else {
            return .malformed(field: "category", reason: "is longer than 200 characters")
        }
        let priceText = bytes.extracting(field(.price))
        guard let price = NumberText.fixedPoint(priceText, decimals: 2), price >= 0 else {
            return .malformed(field: "price", reason: "is not a price such as 12.99: \(ImportText.quoted(priceText))")
        }
        let stockText = bytes.extracting(field(.stock))
        guard let stock = stockText.isEmpty ? Int(defaults.stock) : NumberText.integer(stockText), stock >= 0,
            let stock = Int32(exactly: stock)
        else {
            return .malformed(field: "stock", reason: "is not a number of pieces: \(ImportText.quoted(stockText))")
        }
        let currencyText = bytes.extracting(field(.currency))
        let currency = currencyText.isEmpty ? defaults.currency : ImportText.string(currencyText)
        guard currency.utf8.count == 3, currency.utf8.allSatisfy({ (0x41...0x5A).contains($0) }) else {
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
            Product(
                productID: productID,
                name: name,
                description: ImportText.string(bytes.extracting(field(.description))),
                category: category.isEmpty ? defaults.category : category,
                priceMinor: Int64(price),
                currency: currency,
                stock: stock
            )
        )
    }
}
