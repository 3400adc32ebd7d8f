import FoundationEssentials
import Shop
import TextFormats

typealias OnlineRetailReader = RecordReader<OnlineRetailFormat>

/// Order lines in the columns of the UCI "Online Retail" data: `InvoiceNo, StockCode, Description, Quantity, InvoiceDate,
/// UnitPrice, CustomerID, Country`, in any order, other columns ignored.
///
/// Each line that stays is a purchase of `Quantity` pieces with its invoice as order id. Checks run in this order and a line
/// counts once: malformed (a field missing or not a number or time) → the reasons of ``LeftOutReason`` as they are listed →
/// malformed (an id that the shop cannot store). Its own choices:
/// - Stock codes are folded to upper case: the data writes 112 articles both ways (`85123A`, `85123a`).
/// - A customer written as a decimal (`17850.0`) is that whole number (`17850`).
/// - Prices are pounds; times are UTC, because the data names no zone.
/// - The event id is `{invoice}-{16 hexadecimal digits of the line's hash}`.
struct OnlineRetailFormat: RecordFormat {
    /// The currency of the data's prices.
    static let currency = "GBP"

    /// Stock codes that stand for a charge, a correction or a voucher instead of an article, in upper case: exactly those of
    /// the published data ("Online Retail" and "Online Retail II"). Codes that merely look like them are articles.
    static let nonArticleCodes: Set<String> = {
        let charges = [
            "POST", "DOT", "C2", "C3",  // postage, Dotcom postage, carriage
            "M",  // manual entry
            "D",  // discount
            "S",  // samples
            "B", "ADJUST", "ADJUST2",  // bad debt and adjustments
            "BANK CHARGES", "AMAZONFEE", "CRUK",  // bank charges, Amazon's fee, commission for Cancer Research UK
            "GIFT",
        ]
        let vouchers = stride(from: 10, through: 90, by: 10).map { "GIFT_0001_\($0)" }
        return Set(charges + vouchers)
    }()

    enum Column: Int, CaseIterable {
        case invoice, stockCode, description, quantity, date, price, customer, country
    }

    static let columns = [
        CSVColumn("InvoiceNo", aliases: ["Invoice"]), CSVColumn("StockCode"), CSVColumn("Description"),
        CSVColumn("Quantity", .number), CSVColumn("InvoiceDate"), CSVColumn("UnitPrice", aliases: ["Price"], .number),
        CSVColumn("CustomerID"), CSVColumn("Country", isRequired: false),
    ]
    static let dateColumn: Column? = .date

    private var seen: Set<RowHash> = []
    var catalogue = CatalogueAggregator()

    mutating func outcome(of line: CSVLine<Column>) throws(FieldFault) -> LineOutcome<NewInteraction> {
        let bytes = line.batch.bytes.span
        let invoice = bytes.extracting(line.range(.invoice))
        let stockCode = bytes.extracting(line.range(.stockCode))
        guard !invoice.isEmpty else { throw line.fault(.invoice, "is empty") }
        guard !stockCode.isEmpty else { throw line.fault(.stockCode, "is empty") }
        guard let quantity = DecimalParser.integer(bytes.extracting(line.range(.quantity))) else {
            throw line.fault(.quantity, "is not a whole number: \(line.quoted(.quantity))")
        }
        let microseconds = try line.time(.date)
        let priceText = bytes.extracting(line.range(.price))
        let price = DecimalParser.fixedPoint(priceText, decimals: 2)
        guard price != nil || Self.isAbsent(priceText) else {
            throw line.fault(.price, "is not a decimal number: \(line.quoted(.price))")
        }

        if Self.isCancellation(invoice) { return .leftOut(.cancellation, example: line.string(.invoice)) }
        let customer = bytes.extracting(Self.wholeNumber(line.range(.customer), in: bytes))
        if Self.isAbsent(customer) { return .leftOut(.missingCustomer, example: nil) }
        if quantity <= 0 { return .leftOut(.nonPositiveQuantity, example: line.string(.quantity)) }
        if let price, price <= 0 { return .leftOut(.nonPositivePrice, example: line.string(.price)) }
        let productID = line.string(.stockCode).uppercased()
        if Self.nonArticleCodes.contains(productID) {
            return .leftOut(.nonArticle, example: line.string(.stockCode))
        }

        _ = try line.id(.stockCode)
        guard ExternalID.isValid(customer) else {
            throw line.fault(.customer, "is not \(ExternalID.rule): \(ImportText.quoted(customer))")
        }
        let orderID = try line.accepted(line.string(.invoice), .invoice, .orderID)
        guard let value = InteractionType.purchase.valueRule.accepted(Double(quantity)) else {
            throw line.fault(.quantity, InteractionType.purchase.valueRule.words)
        }
        let description = bytes.extracting(line.range(.description))
        var name: String?
        if !ImportText.isPlainLine(description, longest: TextRule.productName.length.upperBound) {
            name = try line.accepted(line.string(.description), .description, .productName)
        }
        let hash = line.hash(0..<Column.allCases.count)
        guard seen.insert(hash).inserted else { return .leftOut(.exactDuplicate, example: nil) }

        if Self.isAbsent(description) {
            catalogue.add(productID, bytes.extracting(first: 0), priceMinor: price)
        } else if let name {
            catalogue.add(productID, name.utf8Span.span, priceMinor: price)
        } else {
            catalogue.add(productID, description, priceMinor: price)
        }
        return .kept(
            NewInteraction(
                eventID: Self.eventID(orderID, hash),
                userID: ImportText.string(customer),
                productID: productID,
                type: .purchase,
                value: value,
                timestamp: Date(unixMicroseconds: microseconds),
                orderID: orderID
            )
        )
    }

    /// Whether a field has no value, in quotes or not: exports of this data put everything into quotes.
    private static func isAbsent(_ text: Span<UInt8>) -> Bool { text.isEmpty || ImportText.isAbsenceWord(text) }

    /// The published rule: a C before the number of the invoice. `CA-2011-1` is an order number like any other.
    private static func isCancellation(_ invoice: Span<UInt8>) -> Bool {
        guard invoice.count > 1, invoice[0] | 0x20 == UInt8(ascii: "c") else { return false }
        for index in 1..<invoice.count where !(0x30...0x39).contains(invoice[index]) { return false }
        return true
    }

    /// The invoice, a hyphen and sixteen digits, where that is an id; else an id of the line's hash alone.
    private static func eventID(_ orderID: String, _ hash: RowHash) -> String {
        let id = "\(orderID)-\(hash.hexadecimal)"
        return ExternalID.isValid(id) ? id : "csv-\(hash.longHexadecimal)"
    }

    /// Drops a `.0` (or `.00`) after digits.
    private static func wholeNumber(_ range: Range<Int>, in bytes: Span<UInt8>) -> Range<Int> {
        var end = range.upperBound
        while end > range.lowerBound, bytes[end - 1] == UInt8(ascii: "0") { end -= 1 }
        guard end > range.lowerBound + 1, bytes[end - 1] == UInt8(ascii: ".") else { return range }
        for index in range.lowerBound..<end - 1 where !(0x30...0x39).contains(bytes[index]) { return range }
        return range.lowerBound..<end - 1
    }
}

extension RecordReader where Format == OnlineRetailFormat {
    /// - Parameters:
    ///   - keepingLines: whether the catalogue can be told again from some of the kept lines (12 bytes a line).
    ///   - now: the clock, for times in the future, which are malformed.
    /// - Throws: when the file lacks one of the columns or cannot be read.
    init(_ source: any ByteSource, keepingLines: Bool, now: Date = Date()) throws(ImportError) {
        var format = OnlineRetailFormat()
        format.catalogue = CatalogueAggregator(keepingLines: keepingLines)
        try self.init(source, format, now: now)
    }

    /// The catalogue that the kept lines describe; complete when ``next()`` has returned nil. The data says nothing of
    /// categories and of pieces in stock.
    func products() -> [CatalogueEntry] { format.catalogue.products(currency: OnlineRetailFormat.currency) }
}
