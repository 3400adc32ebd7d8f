import RecEngine
import Testing

@Suite("UserSegments")
struct UserSegmentsTests {
    /// People who spend little or much, seldom or often: the first feature is in cents, the second a share.
    private func people(_ count: Int) -> [Float] {
        var generator = SeededGenerator(seed: 930)
        var rows: [Float] = []
        for row in 0..<count {
            rows.append(Float(row % 3 == 0 ? 50_000 : 1_000) + Float(generator.uniform() * 900))
            rows.append(Float(row % 2 == 0 ? 0.9 : 0.1) + Float(generator.uniform() * 0.05))
        }
        return rows
    }

    @Test("a person's segment is the one the fit gave them, and a stranger has that of their like")
    func segment() async throws {
        let rows = people(120)
        let options = UserSegments.Options(fewest: 4, most: 4)
        let segments = try await UserSegments.fit(rows, features: 2, options: options)
        for person in 0..<120 {
            #expect(segments.segment(of: Array(rows[2 * person..<2 * person + 2])) == segments.assignments[person])
        }
        #expect(segments.sizes == [40, 40, 20, 20])
        #expect(segments.segment(of: [1_500, 0.93]) == segments.assignments[2])
        #expect(segments.segment(of: [51_000, 0.2]) == segments.assignments[3])
    }

    @Test("without standardising, the feature with the larger unit decides alone")
    func standardizing() async throws {
        let rows = people(120)
        let plain = UserSegments.Options(fewest: 2, most: 2, isStandardized: false)
        let segments = try await UserSegments.fit(rows, features: 2, options: plain)
        #expect(segments.sizes == [80, 40])
        #expect(segments.segment(of: [1_000, 0]) == segments.segment(of: [1_000, 1]))
    }

    @Test("the elbow chooses the number of segments within the bounds")
    func count() async throws {
        let segments = try await UserSegments.fit(people(120), features: 2, options: UserSegments.Options(fewest: 1))
        #expect(segments.count == 4)
    }

    @Test("a feature that is the same for everybody changes nothing")
    func constantFeature() async throws {
        let rows = people(60)
        let wider = (0..<60).flatMap { row -> [Float] in [rows[2 * row], rows[2 * row + 1], 7_777] }
        let options = UserSegments.Options(fewest: 4, most: 4)
        let left = try await UserSegments.fit(rows, features: 2, options: options)
        let right = try await UserSegments.fit(wider, features: 3, options: options)
        #expect(left.assignments == right.assignments)
    }

    @Test("no people and a NaN are refused, the NaN with its row")
    func badData() async {
        await #expect(throws: FitError.emptyMatrix) { try await UserSegments.fit([], features: 2) }
        await #expect(throws: FitError.nonFinite(row: 1)) { try await UserSegments.fit([1, 2, .nan, 4], features: 2) }
    }

    @Test("segments restored from their bytes are the same, and spoilt ones are refused")
    func archive() async throws {
        let rows = people(60)
        let segments = try await UserSegments.fit(rows, features: 2, options: UserSegments.Options(fewest: 3, most: 3))
        let archive = segments.archive()
        #expect(try UserSegments(archive: NPZArchive(bytes: archive.serialized())) == segments)
        for name in archive.arrays.map(\.name) {
            let without = NPZArchive(archive.arrays.filter { $0.name != name })
            #expect(throws: ArchiveError.self, "without \(name)") { try UserSegments(archive: without) }
        }
        let spoilt: [NPYArray] = [
            NPYArray(name: "centroids", [1, 2, 3, 4, 5, 6]),
            NPYArray(name: "centroids", shape: [0, 2], storage: .float32([])),
            NPYArray(name: "centroids", shape: [3, 2], storage: .float32([1, 2, 3, 4, 5, .infinity])),
            NPYArray(name: "mean", [1] as [Float]), NPYArray(name: "scales", [1, .nan] as [Float]),
            NPYArray(name: "assignments", [0, 3] as [Int32]), NPYArray(name: "assignments", [-1] as [Int32]),
            NPYArray(name: "algorithm", string: "magic"),
        ]
        for array in spoilt {
            let other = NPZArchive(archive.arrays.map { $0.name == array.name ? array : $0 })
            #expect(throws: ArchiveError.self, "\(array.name)") { try UserSegments(archive: other) }
        }
    }
}
