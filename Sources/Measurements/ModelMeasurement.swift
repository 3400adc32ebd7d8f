import ArgumentParser
import Foundation
import RecEngine
import RecPipeline

/// What `Measurements model` repeats: one piece of work, timed.
protocol ModelMeasurement {
    typealias Figure = (name: String, value: Double)

    /// Does the work once. What an earlier run made is released first, or memory would count it twice.
    mutating func run(workers: Int) async throws -> [Figure]

    /// What the last run made, for the judge of both sides.
    func result() throws -> NPZArchive
}

extension ModelMeasurement {
    func result() throws -> NPZArchive {
        throw ValidationError("this measurement makes nothing to be judged")
    }

    /// The figures of work that makes no lists.
    func fitFigures(since began: ContinuousClock.Instant) -> [Figure] {
        let seconds = (ContinuousClock.now - began).seconds
        return [("seconds", seconds), ("fit_seconds", seconds), ("lists_seconds", 0)]
    }
}

/// The measurements by name; Benchmarks/model_cases.py says what each is compared with. Options are those of the peers, so
/// both sides compute the same thing: times do not count, and the defaults that were chosen for real shops are not used.
enum ModelMeasurements {
    typealias Maker = @Sendable (MeasurementData, Int) async throws -> any ModelMeasurement

    static let makers: [String: Maker] = [
        "user_knn": { data, _ in
            let matrix = try data.matrix("binary")
            return ListMeasurement(matrix) { _ in try UserKNN.fit(matrix, options: userKNN) }
        },
        "item_knn": { data, _ in
            let matrix = try data.matrix("train")
            return ListMeasurement(matrix) { try await ItemKNN.fit(matrix, options: itemKNN, workers: $0) }
        },
        "als": { data, _ in
            let matrix = try data.matrix("train")
            return ListMeasurement(matrix) { try await ImplicitALS.fit(matrix, options: als, workers: $0) }
        },
        "ease": { data, _ in
            let matrix = try data.matrix("binary")
            let options = EASE.Options.plain(regularization: 100)
            return ListMeasurement(matrix) { try await EASE.fit(matrix, options: options, workers: $0) }
        },
        "hybrid_plan": { data, _ in
            let (matrix, texts) = (try data.matrix("binary"), try data.texts())
            return ListMeasurement(matrix) { _ in try plan(matrix, texts) }
        },
        "svd": { data, _ in SingularValueMeasurement(matrix: try data.matrix("binary")) },
        "kmeans": { data, _ in try ClusterMeasurement(data) },
        "tfidf": { data, _ in TermMeasurement(texts: try data.texts()) },
        "on_demand_item_knn": { data, workers in
            let matrix = try data.matrix("train")
            return OnDemandMeasurement(matrix, try await ItemKNN.fit(matrix, options: itemKNN, workers: workers))
        },
        "on_demand_ease": { data, _ in
            let matrix = try data.matrix("train")
            return OnDemandMeasurement(matrix, try await OnDemandMeasurement.fullEASE(itemCount: matrix.columnCount))
        },
        "on_demand_hybrid": { data, _ in
            let matrix = try data.matrix("train")
            return OnDemandMeasurement(matrix, try plan(matrix, data.texts()))
        },
        "on_demand_discover": { data, _ in
            try await OnDemandMeasurement.finished(.discover, data.matrix("train"), texts: data.texts())
        },
        "on_demand_buy_again": { data, _ in
            try await OnDemandMeasurement.finished(.buyAgain, data.matrix("train"), texts: data.texts())
        },
        "lists": { data, workers in
            let matrix = try data.matrix("train")
            return BatchMeasurement(matrix, try await ItemKNN.fit(matrix, options: itemKNN, workers: workers))
        },
        "gemm": { _, _ in ProductMeasurement() },
        "inverse": { _, _ in try await InverseMeasurement() },
        "dot": { _, _ in VectorMeasurement(kernel: .dot) },
        "axpy": { _, _ in VectorMeasurement(kernel: .axpy) },
    ]

    private static let userKNN = UserKNN.Options.plain(neighbours: 50)
    private static let itemKNN = ItemKNN.Options(
        weighting: .bm25(k1: 1.2, b: 0.75),
        neighbours: 50,
        shrinkage: 0,
        saturation: .greatestFiniteMagnitude,
        halfLife: nil
    )
    private static let als = ImplicitALS.Options(
        factors: 64,
        regularization: 0.01,
        alpha: 1,
        unobservedWeight: 1,
        regularizationExponent: 0,
        iterations: 15,
        cgSteps: 3,
        saturation: nil,
        fitHalfLife: nil,
        halfLife: nil
    )

    /// 0.6 of similar users and 0.4 of texts, which are read anew.
    private static func plan(_ matrix: CSRMatrix, _ texts: [String]) throws -> HybridRecommender {
        let textsOnly = ProductFeatures.Options(textShare: 1, categoryShare: 0, priceShare: 0)
        let features = ProductFeatures.build(names: texts, options: textsOnly)
        let content = ContentModel.Options(categoryAffinity: 0, saturation: .greatestFiniteMagnitude, halfLife: nil)
        return HybridRecommender(
            collaborative: try UserKNN.fit(matrix, options: userKNN),
            content: try ContentModel.fit(features, options: content)
        )
    }
}

/// The folder that Benchmarks/model_data.py made.
struct MeasurementData {
    let folder: String?

    func matrix(_ name: String) throws -> CSRMatrix { try CSRMatrix(archive: archive(name)) }

    func archive(_ name: String) throws -> NPZArchive { try NPZArchive(bytes: [UInt8](bytes("\(name).npz"))) }

    func texts() throws -> [String] { try JSONDecoder().decode([String].self, from: bytes("texts.json")) }

    private func bytes(_ file: String) throws -> Data {
        guard let folder else { throw ValidationError("this measurement needs --data") }
        return try Data(contentsOf: URL(fileURLWithPath: folder).appending(path: file))
    }
}
