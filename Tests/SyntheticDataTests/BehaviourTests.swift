import Foundation
import RecEngine
import Testing
import TextFormats

@testable import SyntheticData

@Suite("How customers behave")
struct BehaviourTests {
    private static let shop = SyntheticShop()
    private static let events = shop.allInteractions()

    @Test("in a visit, a rating follows a purchase, a purchase a cart and a cart a view of the same product")
    func funnelIsInOrder() throws {
        struct Step: Hashable {
            let session: String
            let product: Int32
            let type: SyntheticInteractionType
        }
        var times: [Step: Int64] = [:]
        var counts: [SyntheticInteractionType: Int] = [:]
        for event in Self.events {
            let before: SyntheticInteractionType? =
                switch event.type {
                case .view: nil
                case .addToCart: .view
                case .purchase: .addToCart
                case .rating: .purchase
                }
            if let before {
                let earlier = times[Step(session: event.sessionID, product: event.product, type: before)]
                #expect(try #require(earlier, "\(event) without \(before)") <= event.time)
            }
            let step = Step(session: event.sessionID, product: event.product, type: event.type)
            #expect(times.updateValue(event.time, forKey: step) == nil, "twice in a visit: \(event)")
            counts[event.type, default: 0] += 1
        }
        print("synthetic shop, seed \(Self.shop.options.seed), events by type: \(counts)")
        let order = SyntheticInteractionType.allCases.map { counts[$0, default: 0] }
        #expect(order == order.sorted(by: >) && order.allSatisfy { $0 > 1_000 })
    }

    @Test("a visit is one user's, in the order of time; its purchases are one order")
    func visitsHangTogether() throws {
        var orders: [String: String] = [:]
        for (_, visit) in Dictionary(grouping: Self.events, by: \.sessionID) {
            #expect(Set(visit.map(\.user)).count == 1)
            #expect(zip(visit, visit.dropFirst()).allSatisfy { $0.time <= $1.time })
            let bought = visit.filter { $0.type == .purchase }
            #expect(Set(bought.map(\.time)).count <= 1 && Set(bought.map(\.orderID)).count <= 1)
            for event in visit {
                #expect((event.orderID != nil) == (event.type == .purchase || event.type == .rating))
                guard let order = event.orderID else { continue }
                #expect(orders.updateValue(event.sessionID, forKey: order) ?? event.sessionID == event.sessionID)
            }
        }
    }

    @Test("ratings are one to five stars, mostly good; purchases have pieces, other events no value")
    func valuesFitTheirTypes() {
        var stars = [Int](repeating: 0, count: 6)
        for event in Self.events {
            switch event.type {
            case .view, .addToCart: #expect(event.value == nil)
            case .purchase: #expect([1, 2, 3, 4].contains(event.value))
            case .rating:
                guard let value = event.value, (1...5).contains(value), value == value.rounded() else {
                    Issue.record("rating of \(String(describing: event.value))")
                    continue
                }
                stars[Int(value)] += 1
            }
        }
        #expect(stars[4] + stars[5] > stars[1] + stars[2] + stars[3])
        #expect(stars[1...5].allSatisfy { $0 > 0 })
    }

    @Test("popularity follows a power law")
    func popularityIsAPowerLaw() {
        var counts = [Double](repeating: 0, count: Self.shop.options.products)
        for event in Self.events { counts[Int(event.product)] += 1 }
        counts.sort(by: >)
        let topTenth = counts.prefix(counts.count / 10).reduce(0, +) / Double(Self.events.count)
        // A line through log rank and log count, from rank 5 to the middle of the catalogue.
        let points = (5...counts.count / 2).map { (x: log(Double($0)), y: log(counts[$0 - 1])) }
        let meanX = points.map(\.x).reduce(0, +) / Double(points.count)
        let meanY = points.map(\.y).reduce(0, +) / Double(points.count)
        let covariance = points.map { ($0.x - meanX) * ($0.y - meanY) }.reduce(0, +)
        let varianceX = points.map { ($0.x - meanX) * ($0.x - meanX) }.reduce(0, +)
        let varianceY = points.map { ($0.y - meanY) * ($0.y - meanY) }.reduce(0, +)
        let slope = covariance / varianceX
        let fit = covariance * covariance / (varianceX * varianceY)
        print(
            """
            synthetic shop, seed \(Self.shop.options.seed): the top tenth of the products has \(topTenth) of the events, \
            log-log slope \(slope), R² \(fit)
            """
        )
        #expect((0.4...0.8).contains(topTenth))
        #expect((-1.3 ... -0.6).contains(slope))
        #expect(fit > 0.95)
    }

    @Test("evenings are busier than nights, Sundays than Fridays, and November than February")
    func timeMatters() {
        var hours = [Int](repeating: 0, count: 24)
        var weekdays = [Int](repeating: 0, count: 7)
        var months = [Int](repeating: 0, count: 13)
        for event in Self.events where event.type == .view {
            let time = CalendarTime(seconds: event.time)
            hours[time.hour] += 1
            weekdays[time.day.weekday] += 1
            months[time.day.components.month] += 1
        }
        #expect(hours[19...21].reduce(0, +) > 8 * hours[2...4].reduce(0, +))
        #expect(Double(weekdays[6]) > 1.15 * Double(weekdays[4]))
        #expect(Double(months[11]) > 1.5 * Double(months[2]))
    }

    @Test("gardens sell in spring and toys before Christmas")
    func categoriesHaveSeasons() {
        let categories = Self.shop.allProducts().map(\.category)
        func share(of category: String, in months: ClosedRange<Int>) -> Double {
            let events = Self.events.filter { months.contains(CalendarDay(secondsSince1970: $0.time).components.month) }
            return Double(events.count { categories[Int($0.product)] == category }) / Double(events.count)
        }
        #expect(share(of: "Garden", in: 4...6) > 1.5 * share(of: "Garden", in: 10...12))
        #expect(share(of: "Toys & Games", in: 11...12) > 1.5 * share(of: "Toys & Games", in: 1...3))
    }

    @Test("customers look at the categories they prefer more than others do")
    func preferencesShow() {
        let categories = Self.shop.allProducts().map(\.category)
        let preferred = (0..<Self.shop.options.users).map { user in
            Set(Taste(user: user, seed: Self.shop.options.seed).preferredCategories)
        }
        let own = Self.events.count { preferred[Int($0.user)].contains(categories[Int($0.product)]) }
        let neighbours = Self.events.count {
            preferred[(Int($0.user) + 1) % preferred.count].contains(categories[Int($0.product)])
        }
        #expect(own > Self.events.count / 2)
        #expect(own > 2 * neighbours)
    }

    @Test("what gets used up is bought again more often than what lasts")
    func consumablesAreBoughtAgain() {
        var bought: [Int32: [Int32: Int]] = [:]
        for event in Self.events where event.type == .purchase {
            bought[event.user, default: [:]][event.product, default: 0] += 1
        }
        func repeats(_ isConsumable: Bool) -> Double {
            let counts = bought.values.flatMap { products in
                products.filter { product, _ in
                    let category = Vocabulary.categoryOfGroup[Int(Self.shop.catalogue.groups[Int(product)])]
                    return Vocabulary.categories[category].isConsumable == isConsumable
                }.values
            }
            return Double(counts.count { $0 > 1 }) / Double(counts.count)
        }
        #expect(repeats(true) > 1.5 * repeats(false))
    }
}
