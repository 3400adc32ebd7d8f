import FoundationEssentials
import Logging
import Shop

extension BatchRun {
    /// Writes what it takes to make these lists again. Lists that an earlier holder wrote are read back.
    func writeManifest(
        _ generation: Int64,
        _ job: BatchJob,
        _ dataset: Dataset,
        _ bundle: ModelBundle,
        _ digests: inout ListDigests
    ) async throws {
        if !digests.isComplete {
            var found = digests
            _ = try await services.generations.lists(generation) { userKey, list, payload in
                if list == .discover { try found.add(userKey, payload) }
            }
            digests = found
        }
        try await JobReports(blobs: services.store.blobs).save(
            JobManifest(job: job, generation: generation, dataset: dataset, bundle: bundle, options: options),
            digests
        )
    }

    /// The data set beside the lists, and what may go: each by itself, so that one that fails does not keep the other.
    func keep(_ dataset: Dataset, _ progress: inout BatchProgress) async {
        let blobs = services.store.blobs
        if options.keptSnapshots > 0 {
            do {
                let writer = SnapshotWriter(
                    products: services.products,
                    users: services.users,
                    interactions: services.interactions,
                    blobs: blobs
                )
                let folder = try await writer.write(
                    at: job.asOf ?? Date(),
                    dataCut: dataset.dataCut,
                    codeVersion: options.codeVersion
                )
                if let folder { try await progress.log("data set written to \(folder)") }
            } catch {
                logger.warning("data set not written", metadata: ["job_id": "\(job.jobID)", "error": "\(error)"])
            }
        }
        do {
            let retention = ArtifactRetention(models: services.modelRows, jobs: services.jobs, blobs: blobs)
            let gone = try await retention.run(options)
            if !gone.isEmpty { try await progress.log("removed from the store: \(gone.joined(separator: ", "))") }
        } catch {
            logger.warning("old files not removed", metadata: ["job_id": "\(job.jobID)", "error": "\(error)"])
        }
    }
}
