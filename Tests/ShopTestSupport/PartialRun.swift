import Foundation
import RecEngine
package import RecPipeline
package import Shop

/// A process's work on a batch up to some point, then nothing more: what `kill -9` leaves behind.
package struct PartialRun: Sendable {
    /// The last thing that the process did.
    package enum Point: Sendable, CaseIterable {
        case leaseTaken, inputFixed, modelSaved, modelFixed, generationOpened, someChunks, allChunks, sealed, flipped
    }

    private let services: BatchServices
    private let job: BatchJob
    private let lease: BatchLease

    package init(services: BatchServices, job: BatchJob, lease: BatchLease) {
        self.services = services
        self.job = job
        self.lease = lease
    }

    /// Works up to a point.
    /// - Parameter chunks: how many chunks `someChunks` is.
    package func work(until point: Point, chunks count: Int = 3, chunkSize: Int = 10, listLength: Int = 8) async throws
    {
        guard point != .leaseTaken else { return }
        let cut = try await services.interactions.dataCut()
        let version = try await services.products.catalogueVersion()
        try await services.jobs.fixInput(lease, dataCut: cut, catalogueVersion: version)
        guard point != .inputFixed else { return }

        let dataset = try await services.loader.load(dataCut: cut)
        let profiles = ProfileTable(dataset.log)
        var options = BatchOptions()
        options.chunkSize = chunkSize
        options.listLength = listLength
        let fitted = try await ModelTrainer(options: options, compute: services.compute)
            .fit(dataset, profiles: profiles, job: job)
        let (bundle, record) = try await services.store.save(
            fitted.manifest,
            items: dataset.items,
            productIDs: dataset.productIDs,
            model: fitted.model,
            popularity: fitted.popularity
        )
        guard point != .modelSaved else { return }
        try await services.modelRows.insert(record, for: lease)
        guard point != .modelFixed else { return }

        let all = Self.chunks(of: dataset.users.count, size: chunkSize)
        let generation = try await services.generations.open(
            lease,
            modelVersion: bundle.version,
            dataCut: cut,
            chunks: all
        )
        guard point != .generationOpened else { return }
        let stamp = CacheStamp(generation: generation, dataCut: cut, modelVersion: bundle.version, generatedAt: Date())
        let generator = ListGenerator(dataset: dataset, profiles: profiles, bundle: bundle, listLength: listLength)
        for chunk in point == .someChunks ? Array(all.prefix(count)) : all {
            let rows = try await generator.rows(for: chunk, workers: 1).rows
            _ = try await services.generations.load(chunk, rows, stamp, lease)
        }
        guard point == .sealed || point == .flipped else { return }
        try await services.generations.seal(generation, lease)
        guard point == .flipped else { return }
        try await services.generations.flip(
            generation,
            modelVersion: bundle.version,
            listCount: dataset.users.count,
            metricsJSON: "{}",
            lease
        )
    }

    private static func chunks(of users: Int, size: Int) -> [BatchChunk] {
        stride(from: 0, to: users, by: size).enumerated().map { number, first in
            BatchChunk(number: Int32(number), firstUser: Int32(first), userCount: Int32(min(size, users - first)))
        }
    }
}
