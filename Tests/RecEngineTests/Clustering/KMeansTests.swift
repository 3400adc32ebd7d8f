import Testing

@testable import RecEngine

@Suite("KMeans")
struct KMeansTests {
    /// Gaussian rows around some centres, so that clusters are there but overlap.
    private func rows(_ count: Int, features: Int, centres: Int, seed: UInt64, offset: Double = 0) -> [Float] {
        var generator = SeededGenerator(seed: seed)
        let middles = (0..<centres).map { _ in (0..<features).map { _ in 3 * generator.gaussian() + offset } }
        return (0..<count).flatMap { row in
            middles[row % centres].map { Float($0 + generator.gaussian()) }
        }
    }

    private func squaredDistance(_ left: some Collection<Float>, _ right: [Double]) -> Double {
        zip(left, right).reduce(0) { $0 + (Double($1.0) - $1.1) * (Double($1.0) - $1.1) }
    }

    @Test("a run assigns as Lloyd's algorithm in double precision from the same seeds", arguments: [1, 3, 16, 21])
    func lloyd(features: Int) {
        let seed: UInt64 = 920
        print("lloyd seed \(seed)")
        let count = 150
        let rows = rows(count, features: features, centres: 5, seed: seed)
        let padded = PaddedRows(rows, features: features, mean: [Float](repeating: 0, count: features))
        var generator = SeededGenerator(seed: seed)
        let seeds = KMeansSeeds.choose(padded, count: 35, generator: &generator)
        #expect(Set(seeds).count == 35)
        for rounds in [1, 3, 100] {
            let run = KMeansRun(padded, seeds: seeds, iterations: rounds, movement: 0)
            let points = (0..<count).map { rows[$0 * features..<($0 + 1) * features] }
            var centroids = seeds.map { points[$0].map(Double.init) }
            var clusters: [Int] = []
            for round in 0...rounds {
                let next = points.map { point in
                    let distances = centroids.map { squaredDistance(point, $0) }
                    return distances.indices.min { distances[$0] < distances[$1] } ?? 0
                }
                if next == clusters || round == rounds {
                    clusters = next
                    break
                }
                clusters = next
                for cluster in centroids.indices {
                    let members = points.indices.filter { clusters[$0] == cluster }
                    for place in 0..<features where !members.isEmpty {
                        let sum = members.reduce(0) { $0 + Double(points[$1][points[$1].startIndex + place]) }
                        centroids[cluster][place] = sum / Double(members.count)
                    }
                }
            }
            #expect(run.clusters.map(Int.init) == clusters, "after \(rounds) rounds")
            for cluster in centroids.indices {
                for place in 0..<features {
                    let value = Double(run.centroids[cluster * padded.width + place])
                    #expect(abs(value - centroids[cluster][place]) < 1e-5)
                }
            }
        }
    }

    @Test("two pairs of points make the two clusters worked out by hand")
    func byHand() async throws {
        // (0,0), (0,2) | (10,0), (10,2), (10,4): centroids (0,1) and (10,2), inertia 1 + 1 + 4 + 0 + 4 = 10.
        let rows: [Float] = [0, 0, 10, 0, 0, 2, 10, 2, 10, 4]
        let fit = try await KMeans.fit(rows, features: 2, options: KMeans.Options(count: 2))
        #expect(fit.model.centroids == [10, 2, 0, 1])
        #expect(fit.clusters == [1, 0, 1, 0, 0])
        #expect(fit.inertia == 10)
        #expect(fit.model.clusters(of: [9, 100, 1, -50]) == [0, 1])
    }

    @Test("more clusters than distinct rows are as many as there are distinct rows")
    func duplicates() async throws {
        let rows: [Float] = [1, 1, 5, 5, 1, 1, 9, 0, 5, 5, 1, 1]
        let fit = try await KMeans.fit(rows, features: 2, options: KMeans.Options(count: 8))
        #expect(fit.model.count == 3 && fit.inertia == 0)
        #expect(fit.clusters == [0, 1, 0, 2, 1, 0])
        let same = try await KMeans.fit([2, 2, 2], features: 1, options: KMeans.Options(count: 2))
        #expect(same.model.centroids == [2] && same.clusters == [0, 0, 0])
    }

    @Test("an empty cluster takes the row that is farthest from its centroid")
    func emptyCluster() {
        // Of two equal seeds the first gets every row. The second then takes 100, and keeps it.
        let rows: [Float] = [0, 0, 1, 2, 100]
        let padded = PaddedRows(rows, features: 1, mean: [0])
        let run = KMeansRun(padded, seeds: [0, 1], iterations: 50, movement: 0)
        #expect(run.clusters == [0, 0, 0, 0, 1])
        #expect(run.centroids[16] == 100)
    }

    @Test("no rows and a NaN are refused, the NaN with its row")
    func badData() async {
        await #expect(throws: FitError.emptyMatrix) { try await KMeans.fit([], features: 2) }
        for value in [Float.nan, .infinity] {
            await #expect(throws: FitError.nonFinite(row: 2)) {
                try await KMeans.fit([1, 2, 3, 4, 5, value, 7, 8], features: 2)
            }
        }
    }

    @Test("1, 2 and 8 workers give the same bits, and the best run wins")
    func workers() async throws {
        let rows = rows(200, features: 5, centres: 6, seed: 921)
        let options = KMeans.Options(count: 6, runs: 5)
        let one = try await KMeans.fit(rows, features: 5, options: options, workers: 1)
        for workers in [2, 8] {
            #expect(try await KMeans.fit(rows, features: 5, options: options, workers: workers) == one)
        }
        let single = try await KMeans.fit(rows, features: 5, options: KMeans.Options(count: 6, runs: 1))
        #expect(one.inertia <= single.inertia)
        #expect(one.model.clusters(of: rows) == one.clusters)
        #expect(isClose(one.inertia, one.model.inertia(of: rows, clusters: one.clusters)))
    }

    @Test("rows far from the origin cluster as well as near it")
    func offset() async throws {
        let near = rows(150, features: 3, centres: 4, seed: 922)
        let far = rows(150, features: 3, centres: 4, seed: 922, offset: 5_000)
        let options = KMeans.Options(count: 4)
        let left = try await KMeans.fit(near, features: 3, options: options)
        let right = try await KMeans.fit(far, features: 3, options: options)
        #expect(left.clusters == right.clusters)
    }

    @Test("a cancelled fit ends with an error")
    func cancellation() async {
        let rows = rows(100, features: 3, centres: 4, seed: 923)
        await withTaskGroup(of: Void.self) { group in
            group.cancelAll()
            group.addTask { await #expect(throws: FitError.cancelled) { try await KMeans.fit(rows, features: 3) } }
        }
    }

    @Test("the silhouette of five numbers is the one worked out by hand")
    func silhouette() async throws {
        // Clusters {0, 1} and {10, 12} and {30}. a, b: 0: 1, 11; 1: 1, 10; 10: 2, 9.5; 12: 2, 11.5; 30 alone: 0.
        let value = try await KMeans.silhouette(of: [0, 1, 10, 12, 30], features: 1, clusters: [0, 0, 1, 1, 2])
        let expected = (10.0 / 11 + 9.0 / 10 + 7.5 / 9.5 + 9.5 / 11.5 + 0) / 5
        #expect(isClose(value, expected, tolerance: 1e-5))
        #expect(try await KMeans.silhouette(of: [0, 1, 10], features: 1, clusters: [0, 0, 0]) == 0)
    }

    @Test("a sampled silhouette is near the whole one, and the same for any number of workers")
    func sampledSilhouette() async throws {
        let rows = rows(600, features: 4, centres: 3, seed: 924)
        let clusters = (0..<600).map { Int32($0 % 3) }
        let whole = try await KMeans.silhouette(of: rows, features: 4, clusters: clusters)
        let part = try await KMeans.silhouette(of: rows, features: 4, clusters: clusters, sample: 200, workers: 1)
        #expect(part != whole && abs(part - whole) < 0.05)
        let again = try await KMeans.silhouette(of: rows, features: 4, clusters: clusters, sample: 200, workers: 4)
        #expect(again == part)
    }

    @Test("the elbow is where inertia lies farthest below the straight line")
    func elbow() {
        // On a scale of 0 … 1 the line is at 1, ¾, ½, ¼, 0 and inertia at 1, 0.4, 0.1, 0.05, 0: below by 0.35, 0.4, 0.2.
        let choice = KMeans.CountChoice(
            counts: [2, 3, 4, 5, 6],
            inertias: [110, 50, 20, 15, 10],
            silhouettes: [0.1, 0.5, 0.5, 0.3, 0.2]
        )
        #expect(choice.elbow == 4)
        #expect(KMeans.CountChoice(counts: [2], inertias: [3], silhouettes: [0]).elbow == 2)
    }

    @Test("four clear clusters are found to be four, and trying stops at the distinct rows")
    func chooseCount() async throws {
        var generator = SeededGenerator(seed: 925)
        var rows: [Float] = []
        for row in 0..<80 {
            rows.append(Float(row % 2 * 20) + Float(generator.uniform()))
            rows.append(Float(row / 2 % 2 * 20) + Float(generator.uniform()))
        }
        let choice = try await KMeans.chooseCount(rows, features: 2, in: 1...8, options: KMeans.Options(runs: 3))
        #expect(choice.counts == Array(1...8))
        #expect(choice.elbow == 4 && choice.silhouettes.max() == choice.silhouettes[3])
        let few = try await KMeans.chooseCount([1, 2, 3, 1, 2, 3], features: 1, in: 2...6)
        #expect(few.counts == [2, 3])
    }
}
