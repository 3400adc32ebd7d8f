package import Experiments
import FoundationEssentials
import RecEngine
import Shop
import Threading

/// Estimates how often customers would click with other settings, from what exploration has shown them.
///
/// A list is a row of choices: at each position the logging policy chose among what was left after the positions before, and its stored
/// list says how likely that choice was. The candidate is asked the same: what it would have put there, after the same positions
/// before, with a model fitted on the same events. So what is estimated is the click rate of the candidate's next choice, position
/// by position; what its choices would do to the positions below is not in it. The candidate is judged without exploration of
/// its own.
package struct OffPolicyReplay: Sendable {
    /// What was found.
    package struct Report: Sendable {
        package var candidate: String
        package var generations: [Int64]
        /// Impressions with a stored list, a part of which is used.
        package var impressions: Int
        package var users: Int
        package var estimate: Result<OffPolicyEstimate, OffPolicyEstimate.Refusal>

        package init(
            candidate: String,
            generations: [Int64],
            impressions: Int,
            users: Int,
            estimate: Result<OffPolicyEstimate, OffPolicyEstimate.Refusal>
        ) {
            self.candidate = candidate
            self.generations = generations
            self.impressions = impressions
            self.users = users
            self.estimate = estimate
        }
    }

    /// There is nothing to estimate from.
    package struct NothingLogged: Error, CustomStringConvertible {
        package var description: String {
            "no impressions of stored lists are recorded: clients send impression and click events with the request_id of the answer"
        }
    }

    private let services: BatchServices
    private let options: BatchOptions

    package init(services: BatchServices, options: BatchOptions) {
        self.services = services
        self.options = options
    }

    /// Cost: for each generation that is still stored and was shown, reading the events up to its cut and a fit.
    /// - Parameters:
    ///   - settings: the first candidate is judged, with these settings' ranking.
    ///   - progress: gets the step and the share that is done, 0 to 1.
    /// - Throws: ``NothingLogged``, or what the database says.
    package func run(
        _ settings: RecommenderSettings,
        progress: (String, Double) -> Void = { _, _ in }
    ) async throws -> Report {
        let log = try await services.experiments.loggedImpressions()
        let generations = Set(log.map(\.generation)).sorted()
        var shown: [Int64: [OffPolicyEstimate.Shown]] = [:]
        var used: [Int64] = []
        for (index, generation) in generations.enumerated() {
            progress("generation \(generation)", Double(index) / Double(generations.count))
            let impressions = log.filter { $0.generation == generation }
            guard let found = try await judge(impressions, of: generation, settings) else { continue }
            used.append(generation)
            shown.merge(found) { $0 + $1 }
        }
        guard !shown.isEmpty else { throw NothingLogged() }
        // In the order of customers, so that sums do not depend on the order of a dictionary.
        let clusters = shown.sorted { $0.key < $1.key }.map(\.value)
        let estimate: Result<OffPolicyEstimate, OffPolicyEstimate.Refusal>
        do { estimate = .success(try OffPolicyEstimate(clusters)) } catch let refusal as OffPolicyEstimate.Refusal {
            estimate = .failure(refusal)
        }
        return Report(
            candidate: settings.candidates.first?.name ?? "",
            generations: used,
            impressions: clusters.reduce(0) { $0 + $1.count },
            users: clusters.count,
            estimate: estimate
        )
    }

    /// What was shown of one generation, by customer; nil when its lists are not there any more.
    private func judge(
        _ impressions: [LoggedImpression],
        of generation: Int64,
        _ settings: RecommenderSettings
    ) async throws -> [Int64: [OffPolicyEstimate.Shown]]? {
        guard let record = try await services.generations.find(generation),
            let job = try await services.jobs.find(record.jobID)
        else { return nil }
        let users = Set(impressions.map(\.userKey))
        var stored: [Int64: StoredList] = [:]
        let isThere = try await services.generations.lists(generation) { userKey, list, payload in
            guard list == .discover, users.contains(userKey) else { return }
            stored[userKey] = try Array(payload.utf8).withUnsafeBytes { try StoredList(json: $0) }
        }
        guard isThere, !stored.isEmpty else { return nil }
        let epsilon = try RecommenderSettings(json: job.recommenderJSON).ranking.exploration
        let candidate = try await lists(of: Set(stored.keys), job, record, settings)
        var shown: [Int64: [OffPolicyEstimate.Shown]] = [:]
        for impression in impressions {
            guard let logged = stored[impression.userKey], let wanted = candidate[impression.userKey],
                let index = logged.products.firstIndex(of: impression.productKey),
                let propensity = Self.propensity(of: index, in: logged, epsilon)
            else { continue }
            let before = Set(logged.products[..<index])
            let isChosen = wanted.first { !before.contains($0) } == impression.productKey
            shown[impression.userKey, default: []].append(
                OffPolicyEstimate.Shown(
                    logged: propensity,
                    candidate: isChosen ? 1 : 0,
                    reward: impression.isClicked ? 1 : 0
                )
            )
        }
        return shown
    }

    /// How likely the item at an index was there; nil for what no chance decided: fillers and new products have places of their own.
    ///
    /// The list stores it of explored items. The best one left was there with 1 − ε + ε/n, where n, the number of candidates left,
    /// is what the list has of them where fillers had to complete it, and follows from any explored item else; without either
    /// the last part, at most a hundredth or so of the whole, is left out.
    static func propensity(of index: Int, in list: StoredList, _ epsilon: Double) -> Double? {
        let marks = list.marks[index]
        guard !marks.isFiller, !marks.isNew else { return nil }
        if marks.isExplored {
            let propensity = Double(list.propensity(at: index))
            return propensity > 0 ? propensity : nil
        }
        guard epsilon > 0 else { return 1 }
        if list.marks.contains(where: \.isFiller) {
            let left = list.marks[index...].count { !$0.isFiller && !$0.isNew }
            return 1 - epsilon + epsilon / Double(left)
        }
        let explored = list.marks.indices.first { list.marks[$0].isExplored && list.propensity(at: $0) > 0 }
        guard let explored else { return 1 - epsilon }
        let left = epsilon / Double(list.propensity(at: explored)) + Double(explored - index)
        return 1 - epsilon + epsilon / max(1, left)
    }

    /// The candidate's lists for some customers, as they would have been in a generation.
    private func lists(
        of users: Set<Int64>,
        _ job: BatchJob,
        _ record: GenerationRecord,
        _ settings: RecommenderSettings
    ) async throws -> [Int64: [Int64]] {
        guard let entry = try settings.entries().first else { throw BatchError("the configuration names no model") }
        let configuration = BundleConfiguration(entry).limitingMemory(to: options.memoryLimit / 2)
        let loaded = try await services.loader.load(dataCut: record.dataCut, items: nil)
        let asOf = (job.asOf ?? record.createdAt).timeIntervalSince1970
        let dataset = loaded.listing(loaded.listed(by: settings.ranking, asOf: asOf))
        var ranking = settings.ranking
        ranking.exploration = 0
        // One more than was shown, so that there is always a next choice.
        ranking.listLength += 1
        return try await withTaskExecutorPreference(services.compute) { [ranking] in
            let training = dataset.training(features: dataset.features)
            let fitted = try await ModelTrainer(workers: services.compute.threadCount).fit(training, configuration)
            let manifest = ModelManifest(
                version: "candidate",
                algorithm: configuration.name,
                parameters: [:],
                dataCut: record.dataCut,
                catalogueVersion: job.catalogueVersion ?? 0,
                asOf: asOf,
                jobID: job.jobID,
                counts: [:],
                configuration: configuration,
                notes: fitted.notes,
                metrics: [:],
                memoryBytes: 0,
                codeVersion: options.codeVersion,
                files: []
            )
            let maker = ListMaker(
                bundle: ModelBundle(manifest: manifest, items: dataset.items, models: fitted.models),
                options: ranking,
                allowed: dataset.sellable,
                newProducts: nil,
                generation: record.generation
            )
            let histories = Histories(dataset, profiles: training.profiles)
            var lists: [Int64: [Int64]] = [:]
            for (row, key) in histories.keys.enumerated() where users.contains(key) {
                let customer = Customer(
                    key: key,
                    profile: histories.profiles[row],
                    meetings: histories.meetings[row],
                    met: CustomerItems(histories.met, user: row)
                )
                lists[key] = maker.list(.discover, for: customer, fillsEmpty: true).products
            }
            return lists
        }
    }
}
