import RealModule
import RecEngine

/// One visit to the shop: views, some put into the cart, one order, and ratings days later.
///
/// The storage is reused from visit to visit.
struct Visit: Sendable {
    /// An event without its ids.
    struct Event: Sendable {
        let product: Int32
        let type: SyntheticInteractionType
        let value: Double?
        let time: Int64
    }

    /// The events in the order of time, never empty after ``make(by:start:end:limit:using:)``.
    private(set) var events: [Event] = []
    private var viewed: [Int32] = []
    private var cart: [Int32] = []

    private static let mostViews = 12

    /// Makes a visit of at least one and at most `limit` events, all before `end`.
    ///
    /// A visit cut by the limit ends early, as visits do: what is there still goes from view to cart to purchase.
    mutating func make(
        by shopper: inout Shopper,
        catalogue: Catalogue,
        start: Int64,
        end: Int64,
        limit: Int,
        using random: inout SeededGenerator
    ) {
        events.removeAll(keepingCapacity: true)
        viewed.removeAll(keepingCapacity: true)
        cart.removeAll(keepingCapacity: true)
        var time = start
        var group = shopper.drawGroup(using: &random)
        repeat {
            if random.uniform() < 0.3 { group = shopper.drawGroup(using: &random) }
            let (product, interest) = lookAround(shopper, group: group, using: &random)
            // Nothing new to see in a tiny shop; the first view is always new.
            guard !viewed.contains(product) else { continue }
            viewed.append(product)
            add(product, .view, at: time, end: end)
            guard events.count < limit else { return }
            time += Int64(15 + random.below(120))
            if random.uniform() < (shopper.owns(product) ? 0.1 * interest : interest) {
                add(product, .addToCart, at: time, end: end)
                guard events.count < limit else { return }
                cart.append(product)
                shopper.remember(product)
                time += Int64(5 + random.below(40))
            } else if random.uniform() < 0.2 {
                shopper.remember(product)
            }
        } while viewed.count < Self.mostViews && random.uniform() < 0.68
        guard !cart.isEmpty, random.uniform() < 0.7 else { return }
        time += Int64(30 + random.below(240))
        checkOut(by: &shopper, catalogue: catalogue, at: time, end: end, limit: limit, using: &random)
    }

    /// The next product to look at and the chance that it goes into the cart.
    private func lookAround(
        _ shopper: Shopper,
        group: Int?,
        using random: inout SeededGenerator
    ) -> (product: Int32, interest: Double) {
        let mood = random.uniform()
        if mood < 0.12, let product = shopper.recall(using: &random) { return (product, 0.5) }
        guard mood > 0.24, let group else { return (shopper.drawBestseller(using: &random), 0.12) }
        return (shopper.drawProduct(ofGroup: group, using: &random), 0.33)
    }

    /// Buys most of the cart as one order; two of five purchases get a rating.
    private mutating func checkOut(
        by shopper: inout Shopper,
        catalogue: Catalogue,
        at time: Int64,
        end: Int64,
        limit: Int,
        using random: inout SeededGenerator
    ) {
        let firstPurchase = events.count
        for product in cart where random.uniform() < 0.9 {
            let pieces = random.uniform() < 0.8 ? 1 : 2 + random.below(3)
            add(product, .purchase, value: Double(pieces), at: time, end: end)
            shopper.bought(product)
            guard events.count < limit else { return }
        }
        // One to twelve days later at about the same time of day; within a visit in the order of purchase.
        var ratingTime = time + Int64(1 + random.below(12)) * 86_400 + Int64(random.below(14_400)) - 7_200
        for position in firstPurchase..<events.count where random.uniform() < 0.4 {
            guard ratingTime < end, events.count < limit else { return }
            let product = events[position].product
            let pleasure = Double(1.6 * catalogue.qualities[Int(product)] + 0.6 * shopper.fit(product))
            let stars = 2.9 + pleasure + 2.6 * (random.uniform() + random.uniform() - 1)
            add(product, .rating, value: min(max(stars.rounded(), 1), 5), at: ratingTime, end: end)
            ratingTime += Int64(20 + random.below(90))
        }
    }

    /// A visit that runs into the end of the period has its last events in the last second.
    private mutating func add(
        _ product: Int32,
        _ type: SyntheticInteractionType,
        value: Double? = nil,
        at time: Int64,
        end: Int64
    ) {
        events.append(Event(product: product, type: type, value: value, time: min(time, end - 1)))
    }
}

/// When one customer visits the shop: the shop's calendar, more in the months that sell what the customer wants.
///
/// Times come out in order without a list of them: if n visits are left, the next is the smallest of n uniform numbers
/// above the latest, on a scale where equal lengths have equal numbers of visits.
struct VisitTimes: Sendable {
    private let calendar: ShoppingCalendar
    /// Share of the customer's visits before the end of each of the calendar's months; the last is 1.
    private var cumulated: [Double]
    /// Share of the customer's visits before the latest.
    private var share: Double

    /// Takes how much the customer is interested in each month (0 … 11), in any unit, and the share of the period that
    /// is over when the customer comes for the first time.
    init(calendar: ShoppingCalendar, interests: [Float], joiningAt share: Double) {
        self.calendar = calendar
        self.share = share
        var sum = 0.0
        cumulated = calendar.months.map { month in
            sum += calendar.share(of: month) * Double(interests[month.number])
            return sum
        }
        for position in cumulated.indices { cumulated[position] /= sum }
    }

    /// Time and month (0 … 11) of the next visit, so many being left. Cost: O(months + log hours).
    mutating func next(visitsLeft: Double, using random: inout SeededGenerator) -> (unixSeconds: Int64, month: Int) {
        let gap = 1 - Double.exp(Double.log(1 - random.uniform()) / visitsLeft)
        share += (1 - share) * gap
        let position = cumulated.firstIndex { share < $0 } ?? cumulated.count - 1
        let before = position == 0 ? 0 : cumulated[position - 1]
        let month = calendar.months[position]
        let rest = min((share - before) / (cumulated[position] - before), 1)
        return (calendar.time(in: month, at: rest), month.number)
    }
}
