import FoundationEssentials
import RecEngine
import Shop

/// Figures of a run, stored with its job.
package struct BatchMetrics: Codable, Sendable, Equatable {
    package var users = 0
    package var items = 0
    package var interactions = 0
    package var lists = 0
    package var chunks = 0
    /// Lists that the model alone could not fill.
    package var filledLists = 0
    /// "Discover" lists without a product.
    package var emptyLists = 0
    /// Customers whose lists could not be made; they are served on demand. nil in figures of earlier releases.
    package var quarantined: Int?
    /// Share of the products that can be sold which are in a "discover" list.
    package var coverage: Double?
    /// Wall seconds of each stage, in this and earlier attempts; of an attempt that was killed what it had reported: complete
    /// stages, and of `generate` complete chunks.
    package var seconds: [String: Double] = [:]
    /// Of all processes that scored.
    package var usersPerSecond: Double?
    /// Highest resident size of the process up to the flip.
    package var peakMemoryMB: Double?
    /// What a reader of the figures should know.
    package var note: String?

    enum CodingKeys: String, CodingKey {
        case users, items, interactions, lists, chunks
        case filledLists = "filled_lists"
        case emptyLists = "empty_lists"
        case quarantined
        case coverage
        case seconds
        case usersPerSecond = "users_per_second"
        case peakMemoryMB = "peak_memory_mb"
        case note
    }

    package init() {}

    /// Reads what an earlier attempt stored. Figures that cannot be read do not stop a batch: it counts anew and says so.
    package init(json: String) {
        guard json != "{}" else { return }
        do { self = try JSONDecoder().decode(BatchMetrics.self, from: Data(json.utf8)) } catch {
            note = "the figures of earlier attempts could not be read and are not in these"
        }
    }

    /// The stored form.
    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }

    /// What is wrong with the lists themselves; nil for lists that can go live.
    /// - Parameter before: coverage of the lists that are live.
    func problem(users: Int, before: Double?) -> String? {
        if emptyLists * 20 > users { return "\(emptyLists) of \(users) customers would have an empty list" }
        // Another model may show fewer products, but not so many fewer.
        if let before, let coverage, coverage < before / 4 {
            return "its lists hold \(Int(coverage * 100)) % of the products, those before held \(Int(before * 100)) %"
        }
        return nil
    }

    /// Sums up what the chunks of a job say.
    mutating func count(_ results: [ChunkResult], _ plan: BatchPlan, _ states: ChunkStates) {
        (users, items, interactions) = (plan.users, plan.items, plan.interactions)
        chunks = results.count
        lists = results.reduce(0) { $0 + $1.listCount }
        filledLists = results.reduce(0) { $0 + $1.filled }
        emptyLists = results.reduce(0) { $0 + $1.empty }
        quarantined = states.quarantinedUsers
        var listed = ItemSet(capacity: plan.items)
        for result in results { listed.formUnion(words: result.listed) }
        coverage = Double(listed.count) / Double(max(1, plan.sellable))
    }

    mutating func add(_ stage: String, _ duration: Duration) {
        seconds[stage, default: 0] += duration.seconds
    }
}
