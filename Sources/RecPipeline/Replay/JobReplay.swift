import FoundationEssentials
import RecEngine
import Shop
import TextFormats
import Threading

/// Makes the lists of a past job again and compares them with what was written.
package struct JobReplay: Sendable {
    /// How the comparison ended.
    package enum Outcome: Sendable, Equatable {
        case equal(Result)
        /// The fit gives other bytes than the artifact has.
        case modelDiffers(file: String, modelVersion: String)
        /// The first customer, in the job's order, whose list is another one.
        case listDiffers(Difference)
        case notReplayable(reason: String)
    }

    /// What was compared.
    package struct Result: Sendable, Equatable {
        package var lists: Int
        package var modelVersion: String
        /// Whether the rows of the generation are still there and were compared too.
        package var comparedRows: Bool
    }

    /// A list that is not what was written.
    package struct Difference: Sendable, Equatable {
        package var userID: String
        /// Against what: the manifest, or the row in the cache.
        package var against: String
        /// Products of the list that was made now.
        package var rebuilt: [String]
        /// Products of the stored row, where there is one.
        package var stored: [String]?
    }

    private let services: BatchServices
    private let options: BatchOptions

    package init(services: BatchServices, options: BatchOptions) {
        self.services = services
        self.options = options
    }

    /// - Parameter progress: gets the step and the share that is done, 0 to 1.
    package func run(_ jobID: String, progress: (String, Double) -> Void = { _, _ in }) async throws -> Outcome {
        guard let job = try await services.jobs.find(jobID) else {
            return .notReplayable(reason: "there is no job \(jobID)")
        }
        guard job.jobType == .full else {
            return .notReplayable(
                reason: "\(jobID) refreshed single lists (\(job.jobType.rawValue)); full runs can be replayed"
            )
        }
        let reports = JobReports(blobs: services.store.blobs)
        do {
            guard let manifest = try await reports.manifest(jobID) else {
                return .notReplayable(reason: Self.withoutManifest(job))
            }
            guard let record = try await services.modelRows.find(manifest.modelVersion) else {
                return .notReplayable(reason: "its model \(manifest.modelVersion) has no row any more")
            }
            // Before its files, which an erasure removes.
            let digests = try await reports.digests(manifest)
            if let users = try await reports.users(manifest), users != digests.users.keys {
                return .notReplayable(reason: "its users and its lists are not of the same customers")
            }
            let erased = digests.users.count - (try await services.users.ids(ofKeys: digests.users.keys).count)
            guard erased == 0 else {
                return .notReplayable(reason: "erased: \(erased) customers of this job are not there any more")
            }
            progress("model", 0.05)
            let bundle = try await services.store.load(record)
            progress("events", 0.1)
            let dataset = try await services.loader.load(dataCut: manifest.dataCut, items: bundle.items)
            if let reason = changedInput(manifest, dataset, digests) { return .notReplayable(reason: reason) }
            progress("fit", 0.3)
            if let outcome = try await refit(bundle, manifest, dataset) { return outcome }
            progress("lists", 0.5)
            let listed = try await reports.listed(manifest, items: bundle.items)
            return try await lists(manifest, dataset.listing(listed), bundle, digests, asOf: job.asOf, progress)
        } catch let error as ModelArtifactError {
            return .notReplayable(reason: "\(error)")
        } catch let error as ArchiveError {
            return .notReplayable(reason: "a stored file cannot be read: \(error)")
        } catch let error as BlobStoreError where error.code == .notFound {
            return .notReplayable(reason: "a file that it needs is missing: \(error.path)")
        }
    }

    private static func withoutManifest(_ job: BatchJob) -> String {
        switch job.status {
        case .completed where job.generation == nil: "the job wrote no lists"
        case .completed: "its manifest was removed; only the newest jobs and those whose lists are still there have one"
        default: "the job is \(job.status.rawValue)"
        }
    }

    /// Why the events are not those that the job saw.
    private func changedInput(_ manifest: JobManifest, _ dataset: Dataset, _ digests: ListDigests) -> String? {
        guard dataset.checksum != manifest.eventsChecksum || dataset.users != digests.users else { return nil }
        return "the events up to its cut have changed: \(manifest.counts["interactions"] ?? 0) then, "
            + "\(dataset.log.count) now, with another checksum"
    }

    // MARK: - Model

    /// Fits again and compares; nil when every file is the same.
    private func refit(_ bundle: ModelBundle, _ manifest: JobManifest, _ dataset: Dataset) async throws -> Outcome? {
        let made = bundle.manifest
        // A pinned model was fitted at a cut of its own.
        let input =
            made.dataCut == manifest.dataCut
            ? dataset : try await services.loader.load(dataCut: made.dataCut, items: bundle.items)
        let fitted = try await withTaskExecutorPreference(services.compute) {
            // Products as they were described at the time; the catalogue may say something else by now.
            try await ModelTrainer(workers: services.compute.threadCount)
                .fit(input.training(features: bundle.models.content?.features), made.configuration)
        }
        for (name, archive) in fitted.models.archives() {
            let sha256 = SHA256.hex(of: try archive.serialized())
            guard made.files.first(where: { $0.name == name })?.sha256 == sha256 else {
                return .modelDiffers(file: name, modelVersion: made.version)
            }
        }
        return nil
    }

    // MARK: - Lists

    private func lists(
        _ manifest: JobManifest,
        _ dataset: Dataset,
        _ bundle: ModelBundle,
        _ digests: ListDigests,
        asOf: Date?,
        _ progress: (String, Double) -> Void
    ) async throws -> Outcome {
        var stored = ListDigests(users: dataset.users)
        var payloads: [ListKind: [Int64: String]] = [:]
        let hasRows = try await services.generations.lists(manifest.generation) { userKey, list, payload in
            try stored.add(userKey, list, payload)
            // Few rows differ, if any; the texts of those are for the report.
            if stored[userKey, list] != digests[userKey, list] { payloads[list, default: [:]][userKey] = payload }
        }
        let maker = ListMaker(
            bundle: bundle,
            options: manifest.ranking,
            allowed: dataset.sellable,
            newProducts: NewProducts(dataset.new, bundle: bundle),
            generation: manifest.generation,
            at: asOf?.timeIntervalSince1970
        )
        let histories = Histories(dataset)
        let chunks = BatchPlan.chunks(of: dataset.users.count, size: options.chunkSize)
        for chunk in chunks {
            try Task.checkCancellation()
            let rows = try await withTaskExecutorPreference(services.compute) {
                try await maker.rows(
                    of: chunk.users,
                    in: histories,
                    workers: services.compute.threadCount
                ).rows
            }
            // A quarantined customer has no lists.
            for row in rows where digests[row.userKey, .discover] != 0 {
                let rebuilt = ListDigests.digest(row)
                let isAsWritten = rebuilt == digests[row.userKey, row.list]
                guard isAsWritten, !hasRows || stored[row.userKey, row.list] == rebuilt else {
                    return .listDiffers(
                        try await difference(
                            row,
                            stored: payloads[row.list]?[row.userKey],
                            against: isAsWritten ? "the row in the cache" : "the manifest",
                            bundle,
                            dataset
                        )
                    )
                }
            }
            progress("lists", 0.5 + 0.5 * Double(chunk.number + 1) / Double(chunks.count))
        }
        return .equal(
            Result(lists: dataset.users.count - digests.missing, modelVersion: bundle.version, comparedRows: hasRows)
        )
    }

    private func difference(
        _ row: CacheRow,
        stored: String?,
        against: String,
        _ bundle: ModelBundle,
        _ dataset: Dataset
    ) async throws -> Difference {
        func products(_ payload: [UInt8]) -> [String] {
            ((try? StoredList(json: payload))?.products ?? []).map { key in
                bundle.items.index(of: key).map { dataset.products[Int($0)]?.productID ?? "product \(key)" }
                    ?? "product \(key)"
            }
        }
        let userID = try await services.users.ids(ofKeys: [row.userKey])[row.userKey]
        return Difference(
            userID: userID ?? "customer \(row.userKey)",
            against: against,
            rebuilt: products(row.payload),
            stored: stored.map { products(Array($0.utf8)) }
        )
    }
}
