import FoundationEssentials
import RecEngine
package import Shop

/// What a job was planned over, stored with its generation: what makes the lists and what completes the job need no more of the
/// data set than this.
package struct BatchPlan: Codable, Sendable, Equatable {
    package var users: Int
    package var items: Int
    package var interactions: Int
    /// Products that can be in its lists.
    package var sellable: Int
    /// CRC-64 of the events up to the cut, hex.
    package var eventsChecksum: String

    enum CodingKeys: String, CodingKey {
        case users, items, interactions, sellable
        case eventsChecksum = "events_crc64"
    }

    package init(_ dataset: Dataset) {
        users = dataset.users.count
        items = dataset.items.count
        interactions = dataset.log.count
        sellable = dataset.sellable.count
        eventsChecksum = dataset.checksum
    }

    package init(json: String) throws {
        self = try JSONDecoder().decode(BatchPlan.self, from: Data(json.utf8))
    }

    package func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }

    /// `⌈users / size⌉` chunks in user order.
    package static func chunks(of users: Int, size: Int) -> [BatchChunk] {
        stride(from: 0, to: users, by: size).enumerated().map { number, first in
            BatchChunk(number: Int32(number), firstUser: Int32(first), userCount: Int32(min(size, users - first)))
        }
    }
}

/// A job whose generation is open: any process can score its chunks.
struct PlannedJob: Sendable {
    let jobID: String
    /// Whose lists it makes.
    let variant: Variant
    let plan: BatchPlan
    let generation: Int64
    let modelVersion: String
    let dataCut: Int64
    let catalogueVersion: Int64
    /// When the job started, for which its lists are made.
    let asOf: Double?
    let ranking: RankingOptions
    /// Its users in its order.
    let users: KeyIndex

    /// Whether a job is one: nil while it is being planned.
    /// - Throws: `BlobStoreError` when the file of its users cannot be read.
    init?(_ job: BatchJob, _ store: ModelStore) async throws {
        guard let planJSON = job.planJSON, let generation = job.generation, let modelVersion = job.modelVersion,
            let dataCut = job.dataCut
        else {
            // Its chunks have no digests, and its order of users was never stored.
            if job.generation != nil {
                throw BatchError("\(job.jobID) was begun by an earlier release; the next run starts anew")
            }
            return nil
        }
        jobID = job.jobID
        variant = job.variant
        plan = try BatchPlan(json: planJSON)
        self.generation = generation
        self.modelVersion = modelVersion
        self.dataCut = dataCut
        catalogueVersion = job.catalogueVersion ?? 0
        asOf = job.asOf?.timeIntervalSince1970
        ranking = try RecommenderSettings(json: job.recommenderJSON).ranking
        users = KeyIndex(keys: try await JobReports(blobs: store.blobs).users(jobID: job.jobID))
    }

    /// As the process that planned it has it.
    init(
        _ job: BatchJob,
        plan: BatchPlan,
        generation: Int64,
        modelVersion: String,
        dataCut: Int64,
        ranking: RankingOptions,
        users: KeyIndex
    ) {
        jobID = job.jobID
        variant = job.variant
        self.plan = plan
        self.generation = generation
        self.modelVersion = modelVersion
        self.dataCut = dataCut
        catalogueVersion = job.catalogueVersion ?? 0
        asOf = job.asOf?.timeIntervalSince1970
        self.ranking = ranking
        self.users = users
    }

    /// Quarantined users up to which the job completes without them: single ones at fault, not something that is wrong for all.
    var quarantineLimit: Int { max(1, plan.users / 100) }
}
