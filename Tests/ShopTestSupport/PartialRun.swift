import Foundation
import RecEngine
package import RecPipeline
package import Shop

/// A process's work on a batch up to some chunk, then nothing more: what `kill -9` leaves behind.
package struct PartialRun: Sendable {
    private let services: BatchServices
    private let job: BatchJob
    private let lease: BatchLease

    package init(services: BatchServices, job: BatchJob, lease: BatchLease) {
        self.services = services
        self.job = job
        self.lease = lease
    }

    /// Writes the first `chunks` chunks.
    /// - Returns: how many were written.
    package func work(chunks count: Int, chunkSize: Int, listLength: Int) async throws -> Int {
        let cut = try await services.interactions.dataCut()
        try await services.jobs.fixInput(
            lease,
            dataCut: cut,
            catalogueVersion: try await services.products.catalogueVersion()
        )
        let dataset = try await services.loader.load(dataCut: cut)
        let profiles = ProfileTable(dataset.log)
        var options = BatchOptions()
        options.chunkSize = chunkSize
        options.listLength = listLength
        var job = job
        job.dataCut = cut
        let fitted = try await ModelTrainer(options: options, compute: services.compute)
            .fit(dataset, profiles: profiles, job: job)
        let (bundle, record) = try await services.store.save(
            fitted.manifest,
            items: dataset.items,
            productIDs: dataset.productIDs,
            model: fitted.model,
            popularity: fitted.popularity
        )
        try await services.modelRows.insert(record)
        try await services.jobs.fixModel(lease, version: bundle.version)
        let all = stride(from: 0, to: dataset.users.count, by: chunkSize).enumerated().map { number, first in
            BatchChunk(
                number: Int32(number),
                firstUser: Int32(first),
                userCount: Int32(min(chunkSize, dataset.users.count - first))
            )
        }
        let generation = try await services.generations.open(
            lease,
            modelVersion: bundle.version,
            dataCut: cut,
            chunks: all
        )
        let stamp = CacheStamp(generation: generation, dataCut: cut, modelVersion: bundle.version, generatedAt: Date())
        let generator = ListGenerator(dataset: dataset, profiles: profiles, bundle: bundle, listLength: listLength)
        for chunk in all.prefix(count) {
            let rows = try await generator.rows(for: chunk, workers: 1).rows
            _ = try await services.generations.load(chunk, rows, stamp, lease)
        }
        return min(count, all.count)
    }
}
