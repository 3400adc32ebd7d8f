import RealModule
import RecEngine

/// What behaviour needs to know of each product, and ways to draw one.
struct Catalogue: Sendable {
    /// Number of a product's group in ``Vocabulary``.
    private(set) var groups: [UInt8] = []
    /// Number of a product's brand in its category: 0 is the cheapest, 7 the dearest.
    private(set) var brands: [UInt8] = []
    /// Category and brand of a product in one number: `category * brandsPerCategory + brand`.
    private(set) var kinds: [UInt8] = []
    /// How good a product is, 0 … 1.
    private(set) var qualities: [Float] = []
    /// Place of a product among those of its group: names are numbered by it.
    private(set) var ordinals: [Int32] = []
    /// Products of each group, drawn by popularity.
    let byGroup: WeightedPools
    /// All products as one pool, drawn by popularity.
    let all: WeightedPools

    var count: Int { groups.count }

    /// Popularity of the product of rank r, from 0, is (r + `rankShift`)^(−`popularityExponent`): Zipf–Mandelbrot.
    ///
    /// The shift keeps a single product from taking several per cent of all sales.
    static let popularityExponent = 1.15
    static let rankShift = 3.0
    static let brandsPerCategory = 8

    /// Cost: O(products).
    init(products: Int, seed: UInt64) {
        let categories = Vocabulary.categories
        var offsets: [Int] = []
        var shares: [Double] = []
        for category in categories {
            offsets.append((offsets.last ?? 0) + (offsets.isEmpty ? 0 : categories[offsets.count - 1].groups.count))
            shares.append((shares.last ?? 0) + category.share)
        }
        let shareSum = shares.last ?? 0
        var ordinalOfGroup = [Int32](repeating: 0, count: Vocabulary.groups.count)
        for product in 0..<products {
            var random = StreamPurpose.productTraits.generator(seed: seed, index: product)
            let drawn = random.uniform() * shareSum
            // The first twelve see to it that no category of a small shop is empty.
            let category =
                product < categories.count ? product : shares.firstIndex { drawn < $0 } ?? categories.count - 1
            let group = offsets[category] + random.below(categories[category].groups.count)
            groups.append(UInt8(group))
            let brand = random.below(Self.brandsPerCategory)
            brands.append(UInt8(brand))
            kinds.append(UInt8(category * Self.brandsPerCategory + brand))
            qualities.append(Float(random.uniform()))
            ordinals.append(ordinalOfGroup[group])
            ordinalOfGroup[group] += 1
        }
        var random = StreamPurpose.popularity.generator(seed: seed)
        var ranks = Array(0..<products)
        ranks.shuffle(using: &random)
        let weights = ranks.map { Double.pow(Double($0) + Self.rankShift, -Self.popularityExponent) }
        byGroup = WeightedPools(pools: groups, poolCount: Vocabulary.groups.count, weights: weights)
        all = WeightedPools(pools: [UInt8](repeating: 0, count: products), poolCount: 1, weights: weights)
    }
}
