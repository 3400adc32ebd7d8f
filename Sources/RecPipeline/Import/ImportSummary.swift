/// Why a well-formed line is left out. Lines are checked in this order and count under the first reason that applies.
package enum LeftOutReason: String, Sendable, CaseIterable {
    /// The invoice number begins with C.
    case cancellation
    /// No customer id: nothing to learn about anybody.
    case missingCustomer = "missing_customer"
    case nonPositiveQuantity = "non_positive_quantity"
    /// Zero, negative, or less than half of the smallest coin.
    case nonPositivePrice = "non_positive_price"
    /// A charge or a correction, not something on a shelf: see ``NonArticleCodes``.
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
    /// Records after the header; empty lines are none.
    package var rowsRead = 0
    package var kept = 0
    package var malformed = 0
    package private(set) var leftOut: [LeftOutReason: Int] = [:]

    package init() {}

    /// Lines left out for any reason.
    package var leftOutTotal: Int { leftOut.values.reduce(0, +) }

    package var isReconciled: Bool { rowsRead == kept + leftOutTotal + malformed }

    package mutating func leaveOut(_ reason: LeftOutReason, count: Int = 1) {
        leftOut[reason, default: 0] += count
    }

    /// Takes back rows that the reader kept and a later step leaves out.
    package mutating func moveKept(to reason: LeftOutReason, count: Int) {
        precondition(count <= kept, "more rows than were kept")
        guard count > 0 else { return }
        kept -= count
        leaveOut(reason, count: count)
    }
}
