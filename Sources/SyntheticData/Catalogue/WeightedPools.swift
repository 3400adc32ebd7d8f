import RecEngine

/// Pools of products, from each of which one can be drawn with a probability in proportion to its weight.
///
/// Walker's alias method as Vose builds it (1991): O(1) a draw, 12 bytes a product.
struct WeightedPools: Sendable {
    /// `poolCount + 1` offsets.
    private var starts: [Int]
    /// Products, pool by pool.
    private var products: [Int32]
    /// Chance that a place stands for its own product.
    private var thresholds: [Float]
    /// The product a place stands for otherwise.
    private var aliases: [Int32]
    /// Sum of the weights of each pool; all sums together are 1.
    private(set) var masses: [Double]

    /// Takes the pool and the weight of each product. Cost: O(products + pools).
    init(pools: [UInt8], poolCount: Int, weights: [Double]) {
        starts = [Int](repeating: 0, count: poolCount + 1)
        masses = [Double](repeating: 0, count: poolCount)
        for (pool, weight) in zip(pools, weights) {
            starts[Int(pool) + 1] += 1
            masses[Int(pool)] += weight
        }
        for pool in 0..<poolCount { starts[pool + 1] += starts[pool] }
        var next = starts
        products = [Int32](repeating: 0, count: pools.count)
        for (product, pool) in pools.enumerated() {
            products[next[Int(pool)]] = Int32(product)
            next[Int(pool)] += 1
        }
        thresholds = [Float](repeating: 1, count: pools.count)
        aliases = products
        for pool in 0..<poolCount { balance(starts[pool]..<starts[pool + 1], mass: masses[pool], weights: weights) }
        let total = masses.reduce(0, +)
        masses = masses.map { $0 / total }
    }

    /// Fills every place below the mean from one above it.
    private mutating func balance(_ places: Range<Int>, mass: Double, weights: [Double]) {
        var scaled = places.map { weights[Int(products[$0])] * Double(places.count) / mass }
        var small = scaled.indices.filter { scaled[$0] < 1 }
        var large = scaled.indices.filter { scaled[$0] >= 1 }
        while let low = small.popLast(), let high = large.last {
            thresholds[places.lowerBound + low] = Float(scaled[low])
            aliases[places.lowerBound + low] = products[places.lowerBound + high]
            scaled[high] -= 1 - scaled[low]
            if scaled[high] < 1 {
                large.removeLast()
                small.append(high)
            }
        }
    }

    /// Draws from a pool that is not empty.
    @inline(__always)
    func draw(from pool: Int, using random: inout SeededGenerator) -> Int32 {
        drawWithChance(from: pool, using: &random).product
    }

    /// Draws from a pool that is not empty, and a number uniform in 0 ..< 1 besides.
    ///
    /// One 64-bit number gives all three: its product with the pool's size has the place in the high half; of the low
    /// half, the first 24 bits choose between the place's own product and the alias, and the next 24 are left over.
    @inline(__always)
    func drawWithChance(from pool: Int, using random: inout SeededGenerator) -> (product: Int32, chance: Float) {
        let first = starts[pool]
        let drawn = random.next().multipliedFullWidth(by: UInt64(starts[pool + 1] - first))
        let position = first + Int(truncatingIfNeeded: drawn.high)
        let fraction = Float(drawn.low >> 40) * 0x1p-24
        let chance = Float(drawn.low >> 16 & 0xFF_FFFF) * 0x1p-24
        return (fraction < thresholds[position] ? products[position] : aliases[position], chance)
    }
}
