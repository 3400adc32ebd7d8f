import ArgumentParser
import Composition
import Foundation
import RecPipeline
import Reports
import Shop
import SyntheticData

/// Fills the shop with invented products, customers and behaviour.
struct SeedCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "seed",
        abstract: "Fill the shop with invented products, customers and behaviour.",
        discussion: """
            Customers have tastes, products sell by a power law, sessions go from a view to the cart, a purchase and a \
            rating, and hours, weekdays and seasons matter: there is something to find for a model. The same seed gives the \
            same rows, and a second run adds nothing. Up to 200,000 customers, 20,000 products and 10,000,000 events fit in \
            bounded memory.
            """
    )

    @Option(parsing: .unconditional, help: "Customers.")
    var users = 500

    @Option(parsing: .unconditional, help: "Products.")
    var products = 1_000

    @Option(parsing: .unconditional, help: "Events in all.")
    var interactions = 50_000

    @Option(parsing: .unconditional, help: "The same number gives the same shop.")
    var seed: UInt64 = 42

    /// Rows staged at a time: about 2 MB.
    private static let batchSize = 10_000

    func validate() throws {
        guard (1...10_000_000).contains(users) else { throw ValidationError("--users must be 1 to 10,000,000") }
        guard (1...1_000_000).contains(products) else { throw ValidationError("--products must be 1 to 1,000,000") }
        guard (0...1_000_000_000).contains(interactions) else {
            throw ValidationError("--interactions must be 0 to 1,000,000,000")
        }
    }

    func run() async throws {
        let environment = try CommandEnvironment.load(.database)
        let hasStore = environment.isUsable(.blobs)
        let shop = SyntheticShop(.init(users: users, products: products, interactions: interactions, seed: seed))
        let progress = TerminalProgress("seed")
        var snapshot: String?
        let summary = try await environment.withServices { services in
            let summary = try await Self.load(shop, into: services.bulk, progress)
            progress.begin("counting what products sold")
            try await services.longProducts.refreshSummaries()
            if hasStore {
                progress.begin("writing the data set")
                snapshot = try await services.snapshots.write(
                    at: Date(),
                    dataCut: try await services.longInteractions.lastID(),
                    codeVersion: Build.version
                )
            }
            return summary
        }
        progress.finish("\(NumberText.integer(summary.interactionsStaged)) events")
        print(
            """
            products added  \(NumberText.integer(summary.productsAdded))
            users added     \(NumberText.integer(summary.usersAdded))
            events added    \(NumberText.integer(summary.interactionsAdded))
            there before    \(NumberText.integer(summary.duplicates))
            """
        )
        if let snapshot { print("data set        \(snapshot)") }
    }

    /// All rows of the shop in one transaction, a batch in memory at a time.
    static func load(
        _ shop: SyntheticShop,
        into bulk: BulkLoadRepository,
        _ progress: TerminalProgress
    ) async throws -> BulkLoadSummary {
        try await bulk.load(progress: { progress.show($0) }) { session in
            var productBatches = shop.products(batchSize: batchSize).makeIterator()
            try await session.stageProducts { productBatches.next()?.map(CatalogueEntry.init) }
            var userBatches = shop.users(batchSize: batchSize).makeIterator()
            try await session.stageUsers { userBatches.next()?.map(User.init) }
            var eventBatches = shop.interactions(batchSize: batchSize).makeIterator()
            let total = shop.options.interactions
            var staged = 0
            try await session.stageInteractions {
                guard let batch = eventBatches.next() else { return nil }
                staged += batch.count
                progress.update(
                    Double(staged) / Double(max(1, total)),
                    "making \(NumberText.integer(staged)) of \(NumberText.integer(total)) events"
                )
                return batch.map(NewInteraction.init)
            }
        }
    }
}

extension CatalogueEntry {
    fileprivate init(_ synthetic: SyntheticProduct) {
        self.init(
            productID: synthetic.productID,
            name: synthetic.name,
            description: synthetic.description,
            category: synthetic.category,
            priceMinor: synthetic.priceMinor,
            currency: synthetic.currency,
            stock: synthetic.stock,
            metadataJSON: synthetic.metadataJSON
        )
    }
}

extension User {
    fileprivate init(_ synthetic: SyntheticUser) {
        self.init(
            userID: synthetic.userID,
            email: synthetic.email,
            displayName: synthetic.displayName,
            preferencesJSON: synthetic.preferencesJSON
        )
    }
}

extension NewInteraction {
    fileprivate init(_ synthetic: SyntheticInteraction) {
        self.init(
            eventID: synthetic.eventID,
            userID: SyntheticShop.userID(Int(synthetic.user)),
            productID: SyntheticShop.productID(Int(synthetic.product)),
            type: InteractionType(rawValue: synthetic.type.rawValue) ?? .view,
            value: synthetic.value.map(Float.init),
            timestamp: Date(timeIntervalSince1970: Double(synthetic.time)),
            sessionID: synthetic.sessionID,
            orderID: synthetic.orderID
        )
    }
}
