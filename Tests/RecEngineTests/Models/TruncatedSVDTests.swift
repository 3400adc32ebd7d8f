import Testing

@testable import RecEngine

@Suite("TruncatedSVD")
struct TruncatedSVDTests {
    /// A fit on the weights as they are.
    private func decompose(
        _ matrix: CSRMatrix,
        options: TruncatedSVD.Options,
        workers: Int = 2
    ) async throws -> TruncatedSVD {
        var options = options
        options.saturation = .greatestFiniteMagnitude
        return try await TruncatedSVD.fit(matrix, options: options, workers: workers)
    }

    @Test("the values and vectors of a small matrix are those worked out by hand")
    func byHand() async throws {
        // Rows (3 0), (0 4), (0 0): singular values 4 and 3 with the unit vectors of the columns.
        let matrix = CSRMatrix(rowCount: 3, columnCount: 2, indptr: [0, 1, 2, 2], indices: [0, 1], values: [3, -4])
        let found = try await decompose(matrix, options: TruncatedSVD.Options(factors: 2))
        #expect(isClose(found.singularValues[0], 4) && isClose(found.singularValues[1], 3))
        let expected: [[Double]] = [[0, 1], [1, 0]]
        for item in 0..<2 {
            for factor in 0..<2 {
                #expect(abs(Double(found.itemFactors[item, factor]) - expected[item][factor]) < 1e-6)
            }
        }
    }

    @Test("values and the space of the vectors are those of a full decomposition", arguments: [UInt64(231), 232, 233])
    func oracle(seed: UInt64) async throws {
        print("oracle seed \(seed)")
        let matrix = RandomInputs.matrix(users: 30, items: 18, density: 0.3, seed: seed)
        let options = TruncatedSVD.Options(factors: 6, seed: seed)
        let found = try await decompose(matrix, options: options)
        let expected = JacobiEigen(gramOf: matrix.dense)
        for factor in 0..<6 {
            #expect(isClose(found.singularValues[factor], expected.values[factor].squareRoot(), tolerance: 1e-5))
            let column = (0..<18).map { Double(found.itemFactors[$0, factor]) }
            let cosine = zip(column, expected.vectors[factor]).reduce(0) { $0 + $1.0 * $1.1 }
            #expect(abs(abs(cosine) - 1) < 1e-4)
            #expect((column.max() ?? 0) >= -(column.min() ?? 0))
        }
    }

    @Test("components are orthonormal, and X V is U Σ")
    func orthonormality() async throws {
        let matrix = RandomInputs.matrix(users: 150, items: 60, density: 0.1, seed: 234)
        let found = try await decompose(matrix, options: TruncatedSVD.Options(factors: 20))
        for first in 0..<20 {
            for second in 0..<20 {
                let product = (0..<60).reduce(0.0) {
                    $0 + Double(found.itemFactors[$1, first]) * Double(found.itemFactors[$1, second])
                }
                #expect(abs(product - (first == second ? 1 : 0)) < 2e-6)
            }
            let column = matrix.dense.map { row in
                zip(row, (0..<60).map { Double(found.itemFactors[$0, first]) }).reduce(0) { $0 + $1.0 * $1.1 }
            }
            let length = column.reduce(0) { $0 + $1 * $1 }.squareRoot()
            #expect(isClose(Float(length), Double(found.singularValues[first]), tolerance: 1e-2))
        }
    }

    @Test("factors beyond the rank are 0, with values and vectors to the end")
    func rank() async throws {
        // Two distinct kinds of rows: rank 2.
        var builder = COOBuilder(rowCount: 20, columnCount: 9)
        for user in 0..<Int32(20) {
            for item in 0..<Int32(8) where item % 2 == user % 2 { builder.append(row: user, column: item, value: 1) }
        }
        let found = try await decompose(
            builder.build(combining: .sum),
            options: TruncatedSVD.Options(factors: 30)
        )
        #expect(
            isClose(found.singularValues[0], 40.0.squareRoot()) && isClose(found.singularValues[1], 40.0.squareRoot())
        )
        #expect(found.singularValues[2...].allSatisfy { $0 == 0 })
        for item in 0..<9 { #expect(found.itemFactors.row(item)[2...].allSatisfy { $0 == 0 }) }
        #expect(found.itemFactors.row(8).allSatisfy { $0 == 0 })
    }

    @Test("a seed makes the result; another seed finds the same values")
    func seeds() async throws {
        let matrix = RandomInputs.matrix(users: 80, items: 50, density: 0.15, seed: 235)
        var options = TruncatedSVD.Options(factors: 8, seed: 1)
        let first = try await decompose(matrix, options: options)
        let again = try await decompose(matrix, options: options)
        #expect(first.itemFactors == again.itemFactors && first.singularValues == again.singularValues)
        options.seed = 2
        let other = try await decompose(matrix, options: options)
        #expect(first.itemFactors != other.itemFactors)
        for (one, two) in zip(first.singularValues, other.singularValues) {
            #expect(isClose(one, Double(two), tolerance: 1e-3))
        }
    }

    @Test("1, 2 and 8 workers give the same bits on a matrix of several chunks")
    func workers() async throws {
        let matrix = RandomInputs.matrix(users: 1100, items: 40, density: 0.05, seed: 236)
        let options = TruncatedSVD.Options(factors: 5, iterations: 2, oversampling: 3)
        let found = try await decompose(matrix, options: options, workers: 1)
        for workers in [2, 8] {
            let other = try await decompose(matrix, options: options, workers: workers)
            #expect(other.itemFactors == found.itemFactors)
            #expect(other.singularValues == found.singularValues)
        }
    }

    @Test("scores are the profile folded in and out, and contributions add up to them")
    func scores() async throws {
        let matrix = RandomInputs.matrix(users: 40, items: 15, density: 0.3, seed: 237)
        let options = TruncatedSVD.Options(factors: 4, saturation: 0, halfLife: 100)
        let model = try await TruncatedSVD.fit(matrix, options: options)
        let profile = Profile([ProfileEntry(item: 2, weight: 3, time: 0), ProfileEntry(item: 7, weight: 1, time: 100)])
        var scratch = model.makeScratch()
        var scores = [Float](repeating: 0, count: 15)
        model.writeScores(for: profile, to: &scores, scratch: &scratch)
        let rows = (0..<15).map { model.itemFactors.row($0).map(Double.init) }
        func product(_ first: Int, _ second: Int) -> Double {
            zip(rows[first], rows[second]).reduce(0) { $0 + $1.0 * $1.1 }
        }
        for item in 0..<15 {
            #expect(abs(Double(scores[item]) - (0.5 * product(2, item) + product(7, item))) < 1e-5)
            #expect(model.explain(Int32(item), profile: profile).isComplete || abs(scores[item]) < 1e-3)
        }
        #expect(model.contributions(to: 99, profile: profile, scratch: &scratch) == [0, 0])
        let similar = model.similarItems(to: 3, count: 20)
        #expect(similar.allSatisfy { $0.score > 0 && $0.score < 1.00001 && $0.item != 3 })
        #expect(zip(similar, similar.dropFirst()).allSatisfy { $0.isBefore($1) })
        #expect(model.similarItems(to: -1, count: 3).isEmpty)
    }

    @Test("an archive whose arrays break a rule is refused")
    func invalidArchive() async throws {
        let options = TruncatedSVD.Options(factors: 2, iterations: 1, seed: .max, halfLife: nil)
        let model = try await TruncatedSVD.fit(
            RandomInputs.matrix(users: 9, items: 4, density: 0.5, seed: 238),
            options: options
        )
        let archive = model.archive()
        #expect(try TruncatedSVD(archive: archive).options == options)
        let replacements = [
            NPYArray(name: "item_factors", [Float(1), 2]),
            NPYArray(name: "item_factors", shape: [4, 0], storage: .float32([])),
            NPYArray(name: "item_factors", shape: [1, 2], storage: .float32([0, .nan])),
            NPYArray(name: "singular_values", [Float(1)]), NPYArray(name: "singular_values", [Float(1), -1]),
            NPYArray(name: "seed", [1, 2]), NPYArray(name: "iterations", number: -1),
            NPYArray(name: "oversampling", number: 1e9), NPYArray(name: "saturation", number: .infinity),
        ]
        for replacement in replacements {
            var broken = archive
            for place in broken.arrays.indices where broken.arrays[place].name == replacement.name {
                broken.arrays[place] = replacement
            }
            #expect(throws: ArchiveError.self) { try TruncatedSVD(archive: broken) }
        }
    }
}

/// Eigenvalues and eigenvectors of XᵀX by two-sided Jacobi rotations, largest first.
private struct JacobiEigen {
    let values: [Double]
    let vectors: [[Double]]

    init(gramOf rows: [[Double]]) {
        let count = rows[0].count
        var a = (0..<count).map { i in (0..<count).map { j in rows.reduce(0) { $0 + $1[i] * $1[j] } } }
        var v = (0..<count).map { i in (0..<count).map { $0 == i ? 1.0 : 0 } }
        for _ in 0..<30 {
            for p in 0..<count {
                for q in p + 1..<max(count, p + 1) where abs(a[p][q]) > 1e-14 {
                    let theta = (a[q][q] - a[p][p]) / (2 * a[p][q])
                    let t = (theta < 0 ? -1 : 1) / (abs(theta) + (theta * theta + 1).squareRoot())
                    let c = 1 / (t * t + 1).squareRoot()
                    let s = t * c
                    for k in 0..<count { (a[k][p], a[k][q]) = (c * a[k][p] - s * a[k][q], s * a[k][p] + c * a[k][q]) }
                    for k in 0..<count { (a[p][k], a[q][k]) = (c * a[p][k] - s * a[q][k], s * a[p][k] + c * a[q][k]) }
                    for k in 0..<count { (v[k][p], v[k][q]) = (c * v[k][p] - s * v[k][q], s * v[k][p] + c * v[k][q]) }
                }
            }
        }
        let order = (0..<count).sorted { a[$1][$1] < a[$0][$0] }
        values = order.map { a[$0][$0] }
        vectors = order.map { column in v.map { $0[column] } }
    }
}
