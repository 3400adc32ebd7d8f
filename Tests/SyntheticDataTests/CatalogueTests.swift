import Foundation
import RecEngine
import Testing

@testable import SyntheticData

@Suite("Products and users")
struct CatalogueTests {
    private struct Metadata: Decodable {
        let brand: String
        let tags: [String]
        let specs: [String: String]
    }

    private struct Preferences: Decodable {
        let categories: [String]
    }

    @Test("ids are valid, unique and ascending")
    func idsAreValid() {
        let shop = SyntheticShop()
        let products = shop.allProducts().map(\.productID)
        let users = shop.allUsers().map(\.userID)
        #expect(products == products.sorted() && Set(products).count == products.count)
        #expect(users == users.sorted() && Set(users).count == users.count)
        #expect((products + users).allSatisfy(Self.isExternalID))
        #expect(SyntheticShop.productID(123) == "P-000123" && products[123] == "P-000123")
        #expect(SyntheticShop.userID(9_999_999) == "U-9999999" && users[499] == "U-000499")
    }

    @Test("ids of events, visits and orders are valid, and events are unique")
    func eventIDsAreValid() {
        let events = SyntheticShop().allInteractions()
        #expect(Set(events.map(\.eventID)).count == events.count)
        #expect(events.allSatisfy { Self.isExternalID($0.eventID) && Self.isExternalID($0.sessionID) })
        #expect(events.compactMap(\.orderID).allSatisfy(Self.isExternalID))
    }

    static func isExternalID(_ id: String) -> Bool {
        (1...64).contains(id.utf8.count)
            && id.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: ":"),
                    UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }

    @Test("there are twelve categories, in the smallest shop that can have them too", arguments: [12, 1_000])
    func twelveCategories(products: Int) {
        #expect(SyntheticShop.categories.count == 12)
        let used = Set(SyntheticShop(.init(products: products)).allProducts().map(\.category))
        #expect(used == Set(SyntheticShop.categories))
    }

    @Test("the names of 20,000 products are distinct and made of three words of their category")
    func namesAreDistinct() {
        let products = SyntheticShop(.init(products: 20_000)).allProducts()
        #expect(Set(products.map(\.name)).count == products.count)
        let vocabulary = Dictionary(uniqueKeysWithValues: Vocabulary.categories.map { ($0.name, $0) })
        for product in products.prefix(2_000) {
            let words = vocabulary[product.category]
            #expect(words?.adjectives.contains { product.name.hasPrefix($0 + " ") } == true)
            #expect(words?.variants.contains { product.name.hasSuffix(", " + $0) } == true)
            #expect(words?.groups.contains { $0.nouns.contains { product.name.contains(" \($0),") } } == true)
        }
    }

    @Test("a group with more products than names starts a new series")
    func namesGoOnInSeries() {
        let category = Vocabulary.pets
        let group = Vocabulary.group("Dogs")
        let names = (0..<4_000).map { NameWords(ordinal: $0, group: group, in: category, seed: 42).name }
        #expect(Set(names).count == names.count)
        // 8 nouns, 10 variants, 16 adjectives.
        #expect(names.filter { $0.contains("Series") }.count == 4_000 - 1_280)
        #expect(names[1_280] == names[0] + ", Series 2")
    }

    @Test("prices are between 5.00 and 500.00 pounds, spread out, and dearer for dearer brands")
    func pricesAreInRange() throws {
        let shop = SyntheticShop(.init(products: 5_000))
        let products = shop.allProducts()
        #expect(products.allSatisfy { (500...50_000).contains($0.priceMinor) && $0.currency == "GBP" })
        #expect(products.contains { $0.priceMinor < 1_000 } && products.contains { $0.priceMinor > 20_000 })
        func mean(ofBrand brand: UInt8) -> Double {
            let prices = products.indices.filter { shop.catalogue.brands[$0] == brand }.map { products[$0].priceMinor }
            return Double(prices.reduce(0, +)) / Double(prices.count)
        }
        #expect(mean(ofBrand: 7) > 2 * mean(ofBrand: 0))
    }

    @Test("most products are in stock, a few are not")
    func stockIsPlausible() {
        let stock = SyntheticShop().allProducts().map(\.stock)
        #expect(stock.allSatisfy { (0...500).contains($0) })
        #expect((10...60).contains(stock.count { $0 == 0 }))
    }

    @Test("metadata is JSON with a brand, tags and specs; descriptions name the product")
    func metadataIsJSON() throws {
        for product in SyntheticShop(.init(products: 300)).allProducts() {
            let metadata = try JSONDecoder().decode(Metadata.self, from: Data(product.metadataJSON.utf8))
            #expect(!metadata.brand.isEmpty && metadata.tags.count >= 3 && metadata.specs.count == 3)
            #expect(product.description.contains(metadata.brand))
            #expect(product.description.lowercased().contains(metadata.tags[1]))
        }
    }

    @Test("users have distinct addresses at example.com, a name and one to three preferred categories")
    func usersAreComplete() throws {
        let users = SyntheticShop().allUsers()
        #expect(Set(users.map(\.email)).count == users.count)
        for user in users {
            #expect(user.email.hasSuffix("@example.com") && user.email == user.email.lowercased())
            #expect(user.displayName.split(separator: " ").count == 2)
            let preferences = try JSONDecoder().decode(Preferences.self, from: Data(user.preferencesJSON.utf8))
            #expect((1...3).contains(preferences.categories.count))
            #expect(Set(SyntheticShop.categories).isSuperset(of: preferences.categories))
        }
    }

    @Test("group names are unique, every group belongs to a persona, and every category has its words")
    func vocabularyIsComplete() {
        #expect(Set(Vocabulary.groups.map(\.name)).count == 48)
        #expect(Set(Persona.all.flatMap { $0.interests.map(\.group) }).count == 48)
        for category in Vocabulary.categories {
            #expect(category.season.count == 12 && category.brands.count == Catalogue.brandsPerCategory)
            #expect(Set(category.adjectives).count == 16 && Set(category.variants).count == 10)
            #expect(category.groups.allSatisfy { Set($0.nouns).count == 8 && $0.uses.count == 3 })
        }
    }

    @Test("a pool gives products in proportion to their weights")
    func poolsFollowWeights() {
        let weights: [Double] = [1, 5, 0.5, 3, 10, 2.5]
        let pools = WeightedPools(pools: [0, 1, 0, 1, 0, 2], poolCount: 4, weights: weights)
        let seed: UInt64 = 5
        var random = SeededGenerator(seed: seed)
        for (pool, members) in [[0, 2, 4], [1, 3], [5]].enumerated() {
            var counts = [Int](repeating: 0, count: weights.count)
            for _ in 0..<40_000 { counts[Int(pools.draw(from: pool, using: &random))] += 1 }
            let sum = members.map { weights[$0] }.reduce(0, +)
            for product in weights.indices {
                let expected = members.contains(product) ? weights[product] / sum * 40_000 : 0
                // Five standard deviations of a count are at most 500.
                #expect(abs(Double(counts[product]) - expected) <= (expected == 0 ? 0 : 500), "seed \(seed)")
            }
        }
        #expect(pools.masses[3] == 0)
        #expect(abs(pools.masses.reduce(0, +) - 1) < 1e-12)
    }
}
