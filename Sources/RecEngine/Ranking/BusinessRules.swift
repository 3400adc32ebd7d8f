/// The shop's own rules on what may be in a list, whatever a model thinks of it.
///
/// Rules are about items and hold for everyone; what one person has met or hidden is said with each request.
public struct BusinessRules: Sendable {
    /// Items that can be sold now: active and in stock; nil for all.
    public var sellable: ItemSet?
    /// Items the shop keeps out of recommendations, such as gift cards.
    public var excluded: ItemSet?
    /// Lowest and highest price in major units, both included; nil for any. An item whose price is not known (NaN) is
    /// out as soon as there is a range.
    public var priceRange: ClosedRange<Float>?
    /// Price of each item in major units; needed for a range.
    public var prices: [Float]

    /// No rule, unless one is given.
    public init(
        sellable: ItemSet? = nil,
        excluded: ItemSet? = nil,
        priceRange: ClosedRange<Float>? = nil,
        prices: [Float] = []
    ) {
        precondition(priceRange == nil || !prices.isEmpty, "a price range needs prices")
        self.sellable = sellable
        self.excluded = excluded
        self.priceRange = priceRange
        self.prices = prices
    }

    /// The rules as a selection. Cost: O(items), so make it once and set ``Selection/hidden`` for each person.
    public func selection(count: Int) -> Selection {
        Selection(count: count, excluding: excluded, allowing: allowed, excludesProfile: false)
    }

    /// The first rule that keeps an item out, nil when none does: for whoever asks why an item is not in a list.
    public func reason(against item: Int32, hidden: ArraySlice<Int32> = []) -> Rejection? {
        if let sellable, !sellable.contains(item) { return .notSellable }
        if let excluded, excluded.contains(item) { return .excluded }
        if let priceRange, !priceRange.contains(price(of: item)) { return .price }
        return hidden.contains(item) ? .hidden : nil
    }

    /// The rules by name.
    public enum Rejection: String, Sendable, Codable {
        /// Inactive or out of stock.
        case notSellable = "not_sellable"
        /// The shop keeps it out.
        case excluded
        /// Outside the price range.
        case price
        /// The person has it already, or does not want to see it.
        case hidden
    }

    private var allowed: ItemSet? {
        guard let priceRange else { return sellable }
        var allowed = ItemSet(capacity: prices.count)
        for (item, price) in prices.enumerated() where priceRange.contains(price) {
            let item = Int32(truncatingIfNeeded: item)
            if sellable?.contains(item) ?? true { allowed.insert(item) }
        }
        return allowed
    }

    private func price(of item: Int32) -> Float {
        item >= 0 && Int(item) < prices.count ? prices[Int(item)] : .nan
    }
}
