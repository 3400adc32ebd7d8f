import RecEngine

/// What one customer likes.
struct Taste: Sendable {
    /// How much each group of ``Vocabulary`` is wanted; 0 for most.
    let interests: [Float]
    /// Two favourite brands of each category, as bits.
    let favouriteBrands: [UInt8]
    /// 0 buys the cheapest brand, 1 the dearest.
    let priceLevel: Float

    /// The customer's own, whatever the size of the shop: one persona, for half of the customers a second one at half
    /// weight, each interest varied by a factor of ½ … 1½.
    init(user: Int, seed: UInt64) {
        var random = StreamPurpose.userTaste.generator(seed: seed, index: user)
        var interests = [Float](repeating: 0, count: Vocabulary.groups.count)
        let main = Self.drawPersona(using: &random)
        let second = random.uniform() < 0.5 ? Self.drawPersona(using: &random) : main
        for interest in Persona.all[main].interests {
            interests[interest.group] += Float(interest.weight * (0.5 + random.uniform()))
        }
        if second != main {
            for interest in Persona.all[second].interests {
                interests[interest.group] += Float(0.5 * interest.weight * (0.5 + random.uniform()))
            }
        }
        // The mean of two draws: most people are near the middle.
        let level = (random.uniform() + random.uniform()) / 2
        var favourites: [UInt8] = []
        for category in Vocabulary.categories {
            var bits: UInt8 = 0
            for _ in 0..<2 {
                let brand = level * Double(category.brands.count - 1) + 4 * (random.uniform() - 0.5)
                bits |= 1 << UInt8(min(max(brand.rounded(), 0), Double(category.brands.count - 1)))
            }
            favourites.append(bits)
        }
        self.interests = interests
        self.favouriteBrands = favourites
        self.priceLevel = Float(level)
    }

    private static let personaShares: [Double] = {
        var sum = 0.0
        return Persona.all.map { persona in
            sum += persona.share
            return sum
        }
    }()

    private static func drawPersona(using random: inout SeededGenerator) -> Int {
        let shares = personaShares
        let drawn = random.uniform() * (shares.last ?? 0)
        return shares.firstIndex { drawn < $0 } ?? shares.count - 1
    }

    /// Names of the categories that hold at least a fifth of the interest each: one to three, the dearest first.
    var preferredCategories: [String] {
        var sums = [Float](repeating: 0, count: Vocabulary.categories.count)
        for (group, interest) in interests.enumerated() { sums[Vocabulary.categoryOfGroup[group]] += interest }
        let total = sums.reduce(0, +)
        let order = sums.indices.sorted { sums[$0] == sums[$1] ? $0 < $1 : sums[$0] > sums[$1] }
        return order.prefix(3).enumerated()
            .filter { $0.offset == 0 || sums[$0.element] >= total / 5 }
            .map { Vocabulary.categories[$0.element].name }
    }
}
