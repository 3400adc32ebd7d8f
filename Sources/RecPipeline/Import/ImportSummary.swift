/// Why a well-formed line is left out. Lines are checked in this order and count under the first reason that applies.
package enum LeftOutReason: String, Sendable, CaseIterable {
    /// The invoice number is a C and digits.
    case cancellation
    /// No customer id: nothing to learn about anybody.
    case missingCustomer = "missing_customer"
    case nonPositiveQuantity = "non_positive_quantity"
    /// Zero, negative, or less than half of the smallest coin. No price at all is no reason.
    case nonPositivePrice = "non_positive_price"
    /// A charge or a correction, not something on a shelf: see ``OnlineRetailFormat/nonArticleCodes``.
    case nonArticle = "non_article"
    /// Every column equals an earlier line's that was not left out.
    case exactDuplicate = "exact_duplicate"
    /// Neither the products file nor the shop has its product (the loader finds out, not the reader).
    case unknownProduct = "unknown_product"

    /// A few words for the summary on a terminal.
    package var label: String {
        switch self {
        case .cancellation: "cancelled invoices"
        case .missingCustomer: "no customer"
        case .nonPositiveQuantity: "quantity not above zero"
        case .nonPositivePrice: "price not above zero"
        case .nonArticle: "not an article (postage, fees, samples, vouchers …)"
        case .exactDuplicate: "exact duplicates"
        case .unknownProduct: "product neither in the products file nor in the shop"
        }
    }
}

/// The numbers of one file. They reconcile: rows read = kept + left out + malformed.
package struct ImportSummary: Sendable, Equatable {
    /// The file's name for messages.
    let file: String
    /// Records after the header; empty lines are none.
    package var rowsRead = 0
    package var kept = 0
    package var malformed = 0
    package private(set) var leftOut: [LeftOutReason: Int] = [:]
    /// For each reason the first few different texts that decided it, with their lines.
    package private(set) var examples: [LeftOutReason: [String]] = [:]
    /// What else somebody should know of how the file was read.
    package var notes: [String] = []

    private static let exampleCount = 3

    init(file: String) { self.file = file }

    /// Lines left out for any reason.
    package var leftOutTotal: Int { leftOut.values.reduce(0, +) }

    /// Whether less than half of the lines are kept. Repetitions of a line that is kept do not count.
    package var keepsTooLittle: Bool {
        let lines = rowsRead - (leftOut[.exactDuplicate] ?? 0)
        return lines > 0 && kept * 2 < lines
    }

    /// Counts one line.
    /// - Parameter example: the text that decided it; nil names the line alone.
    mutating func leaveOut(_ reason: LeftOutReason, example: String?, line: Int) {
        leftOut[reason, default: 0] += 1
        let known = examples[reason] ?? []
        guard known.count < Self.exampleCount else { return }
        let shown = example.map { "\(ImportText.printable($0)) (" }
        if let shown, known.contains(where: { $0.hasPrefix(shown) }) { return }
        examples[reason] = known + [shown.map { "\($0)line \(line))" } ?? "line \(line)"]
    }

    /// Takes back rows that the reader kept and a later step leaves out.
    mutating func moveKept(to reason: LeftOutReason, count: Int, examples: [String] = []) {
        precondition(count <= kept, "more rows than were kept")
        guard count > 0 else { return }
        kept -= count
        leftOut[reason, default: 0] += count
        self.examples[reason] = examples.map { ImportText.printable($0) }
    }
}
