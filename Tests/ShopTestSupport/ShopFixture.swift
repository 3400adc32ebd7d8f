import Foundation
package import Logging
package import Postgres
import RecEngine
package import RecPipeline
import ReportPages
package import Shop
package import TestSupport
package import Threading

/// A small shop in a database of its own, with everything that a batch or a server needs around it.
package struct ShopFixture: Sendable {
    package let database: TestDatabase
    package let client: PostgresClient
    package let blobDirectory: String
    package let compute: ComputePool
    package let logger: Logger

    /// An empty, migrated database.
    package static func make() async throws -> ShopFixture {
        let database = try await TestDatabase.create(migrations: ShopMigrations.all)
        var logger = Logger(label: "test") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .error
        let fixture = ShopFixture(
            database: database,
            client: database.client(),
            blobDirectory: NSTemporaryDirectory() + "shop-fixture-\(UUID().uuidString)",
            compute: ComputePool(threads: 2, name: "test-compute"),
            logger: logger
        )
        // Short lists in the order of one model's scores: what tests of batch and serving count on.
        try await fixture.configure { settings in
            settings.candidates = [.init("item_knn")]
            settings.ranking.listLength = 8
            settings.ranking.diversity = 1
            settings.ranking.exploration = 0
        }
        return fixture
    }

    /// Runs a test body against a fresh shop and removes it afterwards.
    package static func with<T>(_ body: (ShopFixture) async throws -> T) async throws -> T {
        try await TestSlots.withSlot {
            let fixture = try await make()
            do {
                let result = try await body(fixture)
                await fixture.remove()
                return result
            } catch {
                await fixture.remove()
                throw error
            }
        }
    }

    private func remove() async {
        await client.shutdown()
        compute.shutdown()
        try? FileManager.default.removeItem(atPath: blobDirectory)
        await database.drop()
    }

    // MARK: - Data

    /// Customers `U-0…` and products `P-00…` in `groups` groups: a customer bought most products of their own group and left
    /// a few, which is what a model should find.
    package func seed(users: Int = 60, itemsPerGroup: Int = 10, groups: Int = 3, seed: UInt64 = 7) async throws {
        var generator = SeededGenerator(seed: seed)
        let start = Date(timeIntervalSince1970: 1_700_000_000)
        let products = (0..<groups * itemsPerGroup).map { item in
            CatalogueEntry(
                productID: Self.productID(item),
                name: "Product \(item)",
                description: "Belongs to group \(item / itemsPerGroup)",
                category: "Group \(item / itemsPerGroup)",
                priceMinor: Int64(500 + item * 100),
                stock: 10
            )
        }
        var events: [NewInteraction] = []
        for user in 0..<users {
            let group = user % groups
            for item in group * itemsPerGroup..<(group + 1) * itemsPerGroup where generator.next() % 10 < 7 {
                events.append(
                    NewInteraction(
                        eventID: "e-\(user)-\(item)",
                        userID: "U-\(user)",
                        productID: Self.productID(item),
                        type: .purchase,
                        value: 1,
                        timestamp: start.addingTimeInterval(Double(user * 1_000 + item)),
                        orderID: "o-\(user)"
                    )
                )
            }
        }
        try await load(products, events)
    }

    private func load(_ products: [CatalogueEntry], _ events: [NewInteraction]) async throws {
        var products: [CatalogueEntry]? = products
        var events: [NewInteraction]? = events
        _ = try await BulkLoadRepository(database: client).load { session in
            try await session.stageProducts {
                defer { products = nil }
                return products
            }
            try await session.stageInteractions {
                defer { events = nil }
                return events
            }
        }
    }

    /// A shop that lives on: 80 customers of four groups over 40 products buy one product an hour, nine in ten of their group.
    /// - Parameter isShuffled: what is bought has nothing to do with who buys; some products sell better than others.
    package func seedOverTime(events count: Int = 1_200, isShuffled: Bool = false, seed: UInt64 = 11) async throws {
        var generator = SeededGenerator(seed: seed)
        let products = (0..<40).map { item in
            CatalogueEntry(
                productID: Self.productID(item),
                name: "Product \(item)",
                description: "Belongs to group \(item / 10)",
                category: "Group \(item / 10)",
                priceMinor: Int64(500 + item * 100),
                stock: 10
            )
        }
        let events = (0..<count).map { hour in
            let user = generator.below(80)
            let own = user % 4 * 10 + generator.below(10)
            // The product of two even draws: low numbers sell best.
            let any = generator.below(40) * generator.below(40) / 40
            return NewInteraction(
                eventID: "t-\(hour)",
                userID: "U-\(user)",
                productID: Self.productID(isShuffled || generator.below(10) == 0 ? any : own),
                type: .purchase,
                value: 1,
                timestamp: Date(timeIntervalSince1970: 1_700_000_000 + Double(hour) * 3_600),
                orderID: "t-\(hour)"
            )
        }
        try await load(products, events)
    }

    package static func productID(_ item: Int) -> String { "P-" + (item < 10 ? "0" : "") + String(item) }

    /// One event now.
    package func record(
        _ eventID: String,
        user: String,
        product: String,
        type: InteractionType = .purchase
    ) async throws -> RecordOutcome {
        let event = NewInteraction(
            eventID: eventID,
            userID: user,
            productID: product,
            type: type,
            value: type == .purchase ? 1 : nil,
            timestamp: Date()
        )
        return try await InteractionRepository(database: client).record([event])
    }

    // MARK: - Services

    /// Writes the `recommender` settings.
    package func configure(_ change: (inout RecommenderSettings) -> Void) async throws {
        let document = try await config.find(.recommender)
        var settings = try RecommenderSettings(json: document?.json)
        change(&settings)
        _ = try await config.write(.recommender, json: try settings.json(), ifVersion: document?.version ?? 0)
    }

    package var jobs: BatchJobRepository { BatchJobRepository(database: client) }
    package var logs: BatchLogRepository { BatchLogRepository(database: client) }
    package var chunks: ChunkRepository { ChunkRepository(database: client) }
    package var generations: GenerationRepository { GenerationRepository(database: client) }
    package var interactions: InteractionRepository { InteractionRepository(database: client) }
    package var products: ProductRepository { ProductRepository(database: client) }
    package var cache: RecommendationCacheRepository { RecommendationCacheRepository(database: client) }
    package var modelRows: ModelRepository { ModelRepository(database: client) }
    package var config: AppConfigRepository { AppConfigRepository(database: client) }
    package var experiments: ExperimentRepository { ExperimentRepository(database: client) }
    package var usage: JobUsageRepository { JobUsageRepository(database: client) }
    package var loader: DatasetLoader { DatasetLoader(products: products, interactions: interactions) }

    /// The blob store that this fixture's processes share.
    package var blobs: FileBlobStore { FileBlobStore(directory: blobDirectory, container: "recommendations") }

    /// What one process would have; another owner is another process.
    package func batchServices(owner: String = "process-1", blobs: (any BlobStore)? = nil) -> BatchServices {
        let store = ModelStore(blobs: blobs ?? self.blobs)
        return BatchServices(
            jobs: jobs,
            logs: logs,
            chunks: chunks,
            generations: generations,
            modelRows: modelRows,
            housekeeping: HousekeepingRepository(database: client),
            erasures: ErasureRepository(database: client),
            products: products,
            users: UserRepository(database: client),
            interactions: interactions,
            cache: cache,
            stale: StaleListRepository(database: client),
            ticks: TickRepository(database: client),
            catalogue: CatalogueCache(products: products, checkInterval: .zero),
            config: config,
            experiments: experiments,
            usage: usage,
            loader: loader,
            store: store,
            models: ModelManager(store: store, models: modelRows, compute: compute, logger: logger),
            compute: compute,
            owner: owner,
            evaluationPage: { EvaluationPage($0, jobID: $1, version: "test").html }
        )
    }

    package func runner(
        owner: String = "process-1",
        blobs: (any BlobStore)? = nil,
        _ configure: (inout BatchOptions) -> Void = { _ in }
    ) -> BatchRunner {
        var options = BatchOptions()
        options.chunkSize = 10
        configure(&options)
        return BatchRunner(services: batchServices(owner: owner, blobs: blobs), options: options, logger: logger)
    }

    /// A batch, for a test that needs lists and does not care how they came about.
    package func generateLists() async throws {
        let report = try await runner().run(.cli)
        guard case .completed = report else { throw BatchNotCompleted(description: report.summary) }
    }

    /// A server that never ran a batch.
    package func server(
        models: ModelManager? = nil,
        experimentCheck: Duration = .zero,
        _ configure: (inout ServingOptions) -> Void = { _ in }
    ) -> RecommendationService {
        var options = ServingOptions()
        configure(&options)
        let store = ModelStore(blobs: blobs)
        let fresh = ModelManager(store: store, models: modelRows, compute: compute, logger: logger)
        return RecommendationService(
            cache: cache,
            interactions: interactions,
            admission: Admission(
                catalogue: CatalogueCache(products: products, checkInterval: .zero),
                settings: LiveSettings(config: config, checkInterval: .zero)
            ),
            experiment: LiveExperiment(experiments: experiments, checkInterval: experimentCheck),
            models: models ?? fresh,
            loader: loader,
            users: UserRepository(database: client),
            popular: PopularProducts(interactions: interactions, options: options),
            compute: compute,
            options: options,
            logger: logger
        )
    }
}

/// What a batch said instead of completing.
package struct BatchNotCompleted: Error, CustomStringConvertible {
    package let description: String

    package init(description: String) { self.description = description }
}
