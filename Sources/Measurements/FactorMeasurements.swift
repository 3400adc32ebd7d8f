import ArgumentParser
import RecEngine

/// The singular vectors of a matrix.
struct SingularValueMeasurement: ModelMeasurement {
    let matrix: CSRMatrix
    private var model: TruncatedSVD?

    init(matrix: CSRMatrix) { self.matrix = matrix }

    mutating func run(workers: Int) async throws -> [Figure] {
        model = nil
        let began = ContinuousClock.now
        let options = TruncatedSVD.Options(factors: 64, iterations: 5, seed: 1)
        model = try await TruncatedSVD.fit(matrix, options: options, workers: workers)
        return fitFigures(since: began)
    }

    /// Items × factors.
    func result() throws -> NPZArchive {
        guard let factors = model?.itemFactors else { return NPZArchive() }
        let shape = [factors.rowCount, factors.columnCount]
        return NPZArchive([NPYArray(name: "result", shape: shape, storage: .float32(factors.values))])
    }
}

/// Clusters of users by their factors.
struct ClusterMeasurement: ModelMeasurement {
    private let rows: [Float]
    private let features: Int
    private var model: KMeans?

    init(_ data: MeasurementData) throws {
        let archive = try data.archive("factors")
        rows = try archive.floats("factors")
        guard let shape = archive["factors"]?.shape, shape.count == 2 else {
            throw ValidationError("factors.npz holds no table")
        }
        features = shape[1]
    }

    mutating func run(workers: Int) async throws -> [Figure] {
        model = nil
        let began = ContinuousClock.now
        let options = KMeans.Options(count: 20, runs: 10, iterations: 300, tolerance: 1e-4)
        model = try await KMeans.fit(rows, features: features, options: options, workers: workers).model
        return fitFigures(since: began)
    }

    /// Clusters × features.
    func result() throws -> NPZArchive {
        guard let model else { return NPZArchive() }
        return NPZArchive([
            NPYArray(name: "result", shape: [model.count, features], storage: .float32(model.centroids))
        ])
    }
}
