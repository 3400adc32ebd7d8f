/// Stock codes of the Online Retail data that stand for a charge, a correction or a voucher instead of an article.
enum NonArticleCodes {
    /// In upper case, as the reader folds codes.
    private static let exact: Set<String> = [
        "POST", "DOT", "C2", "C3",  // postage, Dotcom postage, carriage
        "M",  // manual entry
        "D",  // discount
        "S",  // samples
        "B", "ADJUST", "ADJUST2",  // bad debt and adjustments
        "BANK CHARGES", "AMAZONFEE", "CRUK",  // bank charges, Amazon's fee, commission for Cancer Research UK
        "GIFT",
    ]
    /// Gift vouchers (`gift_0001_20`) and test entries (`TEST001`).
    private static let prefixes = ["GIFT_", "TEST"]

    /// - Parameter code: a stock code in upper case.
    static func contains(_ code: String) -> Bool {
        exact.contains(code) || prefixes.contains { code.hasPrefix($0) }
    }
}
