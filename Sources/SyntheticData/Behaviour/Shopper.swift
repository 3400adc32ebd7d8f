import RecEngine

/// One customer in the shop: chooses what to look at, and remembers the last few things.
struct Shopper: Sendable {
    private let market: Market
    /// How much the customer wants each group at all.
    private let interests: [Float]
    /// How well each brand of each category suits the customer; `Catalogue.kinds` is the index.
    private let fits: [Float]
    /// Weights of the groups in the month at hand, each with all before it.
    private var cumulated: [Float]
    private var month = -1
    /// The last products looked at twice, put into the cart, or bought and used up.
    private var memory: [Int32] = []
    private var oldest = 0
    /// The last lasting things bought.
    private var owned: [Int32] = []
    private var oldestOwned = 0

    private static let memorySize = 16
    private static let mostOwned = 64
    /// Most draws before a product of the wrong brand or price is taken after all.
    private static let mostDraws = 8

    init(market: Market, taste: Taste) {
        self.market = market
        self.interests = taste.interests
        self.fits = Self.fits(taste)
        self.cumulated = [Float](repeating: 0, count: market.groupCount)
        memory.reserveCapacity(Self.memorySize)
    }

    /// A brand that is no favourite is chosen less often, and so is one far from the customer's price level.
    private static func fits(_ taste: Taste) -> [Float] {
        let brands = Catalogue.brandsPerCategory
        return (0..<taste.favouriteBrands.count * brands).map { kind in
            let isFavourite = taste.favouriteBrands[kind / brands] >> UInt8(kind % brands) & 1 == 1
            let distance = abs(Float(kind % brands) / Float(brands - 1) - taste.priceLevel)
            return (isFavourite ? 1 : 0.3) * max(0.15, 1 - 1.6 * distance)
        }
    }

    /// Turns to a month (0 … 11): interests change with the season. Cost: O(groups) when the month is new.
    mutating func enter(month: Int) {
        guard month != self.month else { return }
        self.month = month
        var sum: Float = 0
        for group in 0..<cumulated.count {
            sum += interests[group] * market.attractions[group] * market.seasons[month * cumulated.count + group]
            cumulated[group] = sum
        }
    }

    /// How much of interest the shop has in each month; the same for all months if it has nothing at all.
    var interestByMonth: [Float] {
        let groups = market.groupCount
        let sums = (0..<12).map { month in
            (0..<groups).reduce(Float(0)) { sum, group in
                sum + interests[group] * market.attractions[group] * market.seasons[month * groups + group]
            }
        }
        return sums.contains { $0 > 0 } ? sums : [Float](repeating: 1, count: 12)
    }

    /// A group by interest and season; nil if the shop has nothing of interest.
    func drawGroup(using random: inout SeededGenerator) -> Int? {
        guard let sum = cumulated.last, sum > 0 else { return nil }
        let drawn = Float(random.uniform()) * sum
        // Rounding to Float can make `drawn` the sum itself; the last group that adds to the sum is meant then.
        return cumulated.firstIndex { drawn < $0 } ?? cumulated.firstIndex(of: sum)
    }

    /// A product of a group by popularity, brand and price.
    func drawProduct(ofGroup group: Int, using random: inout SeededGenerator) -> Int32 {
        var drawn = market.catalogue.byGroup.drawWithChance(from: group, using: &random)
        for _ in 0..<Self.mostDraws {
            if drawn.chance < fit(drawn.product) { break }
            drawn = market.catalogue.byGroup.drawWithChance(from: group, using: &random)
        }
        return drawn.product
    }

    /// A product of the whole shop by popularity alone: what the front page shows.
    func drawBestseller(using random: inout SeededGenerator) -> Int32 {
        market.catalogue.all.draw(from: 0, using: &random)
    }

    /// How well brand and price suit the customer, above 0 up to 1.
    func fit(_ product: Int32) -> Float {
        fits[Int(market.catalogue.kinds[Int(product)])]
    }

    /// Something the customer has had in mind before.
    func recall(using random: inout SeededGenerator) -> Int32? {
        memory.isEmpty ? nil : memory[random.below(memory.count)]
    }

    /// Keeps a product in mind, in place of the oldest.
    mutating func remember(_ product: Int32) {
        guard !memory.contains(product) else { return }
        if memory.count < Self.memorySize {
            memory.append(product)
        } else {
            memory[oldest] = product
            oldest = (oldest + 1) % Self.memorySize
        }
    }

    /// Whether the customer has bought this to keep, as far as the memory goes.
    func owns(_ product: Int32) -> Bool {
        owned.contains(product)
    }

    /// A product has been bought: what gets used up will be wanted again, the rest is done with.
    mutating func bought(_ product: Int32) {
        if market.isConsumable[Int(market.catalogue.groups[Int(product)])] {
            remember(product)
            return
        }
        if let position = memory.firstIndex(of: product) {
            memory.swapAt(position, memory.count - 1)
            memory.removeLast()
            oldest = 0
        }
        if owned.count < Self.mostOwned {
            owned.append(product)
        } else {
            owned[oldestOwned] = product
            oldestOwned = (oldestOwned + 1) % Self.mostOwned
        }
    }
}
