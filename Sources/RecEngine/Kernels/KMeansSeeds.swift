import RealModule

/// The first centroids, by the greedy form of k-means++ (Arthur and Vassilvitskii, SODA 2007).
///
/// The first row is any; each next one is drawn with a chance that grows with its squared distance to the nearest
/// chosen row, 2 + ln k times, and of these the one that leaves the least sum of squared distances is kept.
enum KMeansSeeds {
    /// At most `count` rows, fewer when there are not as many distinct ones. Cost: O(count · log count · rows · features).
    static func choose(_ rows: PaddedRows, count: Int, generator: inout SeededGenerator) -> [Int] {
        guard rows.count > 0 else { return [] }
        var chosen = [generator.below(rows.count)]
        var nearest = [Float](repeating: 0, count: rows.count)
        rows.squaredDistances(to: chosen[0], into: &nearest)
        var total = sum(nearest)
        let trials = 2 + Int(Double.log(Double(count)))
        var distances = nearest
        var best = nearest
        while chosen.count < count, total > 0 {
            var bestRow = 0
            var bestTotal = Double.infinity
            for _ in 0..<trials {
                let row = draw(nearest, at: generator.uniform() * total)
                rows.squaredDistances(to: row, into: &distances)
                let candidate = lower(&distances, to: nearest)
                guard candidate < bestTotal else { continue }
                bestTotal = candidate
                bestRow = row
                swap(&best, &distances)
            }
            chosen.append(bestRow)
            swap(&nearest, &best)
            total = bestTotal
        }
        return chosen
    }

    /// The row at which the running sum passes a number; never one of distance 0.
    private static func draw(_ distances: borrowing [Float], at goal: Double) -> Int {
        let distances = distances.span
        var sum = 0.0
        var last = 0
        for row in 0..<distances.count where distances[row] > 0 {
            sum += Double(distances[row])
            last = row
            if sum > goal { break }
        }
        return last
    }

    /// Takes the lower of each two distances and returns their sum.
    private static func lower(_ distances: inout [Float], to other: borrowing [Float]) -> Double {
        var distances = distances.mutableSpan
        let other = other.span
        var total = 0.0
        for row in 0..<distances.count {
            let distance = min(distances[row], other[row])
            distances[row] = distance
            total += Double(distance)
        }
        return total
    }

    private static func sum(_ distances: borrowing [Float]) -> Double {
        let distances = distances.span
        var total = 0.0
        for row in 0..<distances.count { total += Double(distances[row]) }
        return total
    }
}
