package import FoundationEssentials
package import Shop
import TextFormats

/// Reads order lines in the columns of the UCI "Online Retail" data: `InvoiceNo, StockCode, Description, Quantity,
/// InvoiceDate, UnitPrice, CustomerID, Country`, in any order, other columns ignored.
///
/// Each line that stays is a purchase of `Quantity` pieces with its invoice as order id. Checks run in this order and a line
/// counts once: malformed (a field missing or not a number or time) → the reasons of ``LeftOutReason`` as they are listed →
/// malformed (an id that the shop cannot store). Its own choices:
/// - Stock codes are folded to upper case: the data writes 112 articles both ways (`85123A`, `85123a`).
/// - A customer written as a decimal (`17850.0`) is that whole number (`17850`).
/// - Prices are pounds; times are UTC, because the data names no zone.
/// - The event id is `{invoice}-{16 hexadecimal digits of the line's hash}`.
package struct OnlineRetailReader: InteractionReader {
    /// The currency of the data's prices.
    package static let currency = "GBP"

    private enum Column: Int, CaseIterable {
        case invoice, stockCode, description, quantity, date, price, customer, country
    }

    private static let columns: [CSVColumn] = [
        CSVColumn("InvoiceNo", aliases: ["Invoice"]), CSVColumn("StockCode"), CSVColumn("Description"),
        CSVColumn("Quantity"), CSVColumn("InvoiceDate"), CSVColumn("UnitPrice", aliases: ["Price"]),
        CSVColumn("CustomerID"), CSVColumn("Country", isRequired: false),
    ]

    private enum Outcome {
        case kept(NewInteraction)
        case leftOut(LeftOutReason)
        case malformed(field: String, reason: String)
    }

    private var reader: CSVReader
    private var batch = CSVBatch()
    private var seen = RowHashSet()
    private var catalogue = CatalogueAggregator()
    /// Whether ``lines`` is filled.
    private let recordsLines: Bool
    /// What each kept line since the last batch says of its product, for whoever describes products from part of the file.
    private(set) var lines: [(description: String, priceMinor: Int)] = []
    private let latest: Int64
    package private(set) var summary = ImportSummary()
    package var fractionRead: Double? { reader.fractionRead }

    /// - Parameter now: a time more than a day after it is malformed.
    /// - Throws: when the file lacks one of the columns or cannot be read.
    package init(_ source: any ByteSource, now: Date = Date(), recordsLines: Bool = false) throws(ImportError) {
        self.recordsLines = recordsLines
        reader = try CSVReader(source, columns: Self.columns)
        latest = TimestampText.latest(now)
    }

    package mutating func next() throws(ImportError) -> ImportBatch? {
        guard try reader.next(into: &batch) else { return nil }
        // A second reference, not a copy: rows are read from it while the reader's own state changes.
        let batch = batch
        var result = ImportBatch()
        lines.removeAll(keepingCapacity: true)
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

    /// The catalogue that the kept lines describe; complete when ``next()`` has returned nil. Categories and what is on the
    /// shelf the data does not say.
    package func products() -> [CatalogueEntry] { catalogue.products(currency: Self.currency) }

    private mutating func outcome(ofRow row: Int, of batch: CSVBatch) -> Outcome {
        let bytes = batch.bytes.span
        func field(_ column: Column) -> Range<Int> {
            ImportText.trimmed(batch.range(row, column.rawValue), in: bytes)
        }
        let invoice = bytes.extracting(field(.invoice))
        let stockCode = bytes.extracting(field(.stockCode))
        guard !invoice.isEmpty else { return .malformed(field: "InvoiceNo", reason: "is empty") }
        guard !stockCode.isEmpty else { return .malformed(field: "StockCode", reason: "is empty") }
        let quantityText = bytes.extracting(field(.quantity))
        guard let quantity = NumberText.integer(quantityText) else {
            return .malformed(field: "Quantity", reason: "is not a whole number: \(ImportText.quoted(quantityText))")
        }
        let microseconds: Int64
        do throws(TimestampText.Fault) {
            microseconds = try TimestampText.eventTime(bytes.extracting(field(.date)), latest: latest)
        } catch {
            return .malformed(field: "InvoiceDate", reason: error.reason)
        }
        let priceText = bytes.extracting(field(.price))
        guard let price = NumberText.fixedPoint(priceText, decimals: 2) else {
            return .malformed(field: "UnitPrice", reason: "is not a decimal number: \(ImportText.quoted(priceText))")
        }

        if invoice[0] == UInt8(ascii: "C") || invoice[0] == UInt8(ascii: "c") { return .leftOut(.cancellation) }
        let customer = bytes.extracting(Self.wholeNumber(field(.customer), in: bytes))
        if customer.isEmpty { return .leftOut(.missingCustomer) }
        if quantity <= 0 { return .leftOut(.nonPositiveQuantity) }
        if price <= 0 { return .leftOut(.nonPositivePrice) }
        let productID = Self.upperCased(stockCode)
        if NonArticleCodes.contains(productID) { return .leftOut(.nonArticle) }

        guard ExternalID.isValid(stockCode) else {
            return .malformed(field: "StockCode", reason: ImportText.idFault(stockCode))
        }
        guard ExternalID.isValid(customer) else {
            return .malformed(field: "CustomerID", reason: ImportText.idFault(customer))
        }
        // The event id is the invoice, a hyphen and sixteen digits.
        guard ExternalID.isValid(invoice), invoice.count <= ExternalID.maximumLength - 17 else {
            return .malformed(field: "InvoiceNo", reason: ImportText.idFault(invoice))
        }
        let description = bytes.extracting(field(.description))
        guard ImportText.isAtMost(CatalogueText.longestName, description) else {
            return .malformed(
                field: "Description",
                reason: "is longer than \(CatalogueText.longestName) characters: \(ImportText.quoted(description))"
            )
        }
        var hash = RowHash()
        for column in Column.allCases { hash.combine(bytes.extracting(batch.range(row, column.rawValue))) }
        guard seen.insert(hash) else { return .leftOut(.exactDuplicate) }

        catalogue.add(productID: productID, description: description, priceMinor: price)
        if recordsLines { lines.append((ImportText.string(description), price)) }
        let invoiceText = ImportText.string(invoice)
        return .kept(
            NewInteraction(
                eventID: "\(invoiceText)-\(hash.hexadecimal)",
                userID: ImportText.string(customer),
                productID: productID,
                type: .purchase,
                value: Float(quantity),
                timestamp: Date(timeIntervalSince1970: Double(microseconds) / 1_000_000),
                orderID: invoiceText
            )
        )
    }

    /// Drops a `.0` (or `.00`) behind digits.
    private static func wholeNumber(_ range: Range<Int>, in bytes: Span<UInt8>) -> Range<Int> {
        var end = range.upperBound
        while end > range.lowerBound, bytes[end - 1] == UInt8(ascii: "0") { end -= 1 }
        guard end > range.lowerBound + 1, bytes[end - 1] == UInt8(ascii: ".") else { return range }
        for index in range.lowerBound..<end - 1 where !(0x30...0x39).contains(bytes[index]) { return range }
        return range.lowerBound..<end - 1
    }

    private static func upperCased(_ code: Span<UInt8>) -> String {
        String(unsafeUninitializedCapacity: code.count) { buffer in
            for index in code.indices {
                let byte = code[index]
                buffer[index] = (0x61...0x7A).contains(byte) ? byte - 0x20 : byte
            }
            return code.count
        }
    }
}
