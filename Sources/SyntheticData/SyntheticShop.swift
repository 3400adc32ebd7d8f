/// A made-up shop whose data has structure a model can find, the same for the same options on every run.
///
/// Customers have personas ("hiker", "cook") that want groups of products across categories, favourite brands and a
/// price level; products sell by a power law; visits go view → cart → purchase → rating; hours, weekdays and seasons
/// matter. What the personas are called appears in no row.
///
/// Rows stream in batches. Memory: some 40 bytes a product and one batch, whatever the number of users and
/// interactions. Cost of `init`: O(users + products).
package struct SyntheticShop: Sendable {
    /// How large the shop is and what it is made from.
    package struct Options: Sendable, Equatable {
        package static let userLimits = 1...10_000_000
        package static let productLimits = 1...1_000_000
        package static let interactionLimits = 0...1_000_000_000
        package static let dayLimits = 1...3_650
        /// The years 1980 … 9999, so that the longest period does not begin before 1970.
        package static let endTimeLimits: ClosedRange<Int64> = 315_532_800...253_402_300_799
        /// 2026-01-01 00:00:00 UTC: a constant, so that rows do not depend on the clock. The default period is 2025.
        package static let defaultEndTime: Int64 = 1_767_225_600

        package var users: Int
        package var products: Int
        /// Exactly so many rows come out.
        package var interactions: Int
        package var seed: UInt64
        /// End of the period in Unix seconds; every event is before it.
        package var endTime: Int64
        /// Length of the period.
        package var days: Int

        package init(
            users: Int = 500,
            products: Int = 1_000,
            interactions: Int = 50_000,
            seed: UInt64 = 42,
            endTime: Int64 = defaultEndTime,
            days: Int = 365
        ) {
            self.users = users
            self.products = products
            self.interactions = interactions
            self.seed = seed
            self.endTime = endTime
            self.days = days
        }
    }

    package let options: Options
    let catalogue: Catalogue
    private let activity: Activity
    private let calendar: ShoppingCalendar

    /// The names of the 12 categories.
    package static var categories: [String] { Vocabulary.categories.map(\.name) }

    /// Prepares a shop. Options outside their limits are a caller's bug (precondition).
    package init(_ options: Options = Options()) {
        precondition(Options.userLimits.contains(options.users), "users must be 1 to 10,000,000")
        precondition(Options.productLimits.contains(options.products), "products must be 1 to 1,000,000")
        precondition(
            Options.interactionLimits.contains(options.interactions),
            "interactions must be 0 to 1,000,000,000"
        )
        precondition(Options.dayLimits.contains(options.days), "days must be 1 to 3,650")
        precondition(Options.endTimeLimits.contains(options.endTime), "the period must end in the years 1980 to 9999")
        self.options = options
        self.catalogue = Catalogue(products: options.products, seed: options.seed)
        self.activity = Activity(users: options.users, interactions: options.interactions, seed: options.seed)
        self.calendar = ShoppingCalendar(endTime: options.endTime, days: options.days)
    }

    /// All products in the order of their ids, at most `batchSize` at a time.
    package func products(batchSize: Int) -> some Sequence<[SyntheticProduct]> & Sendable {
        RowBatches(count: options.products, batchSize: batchSize) { [catalogue, seed = options.seed] index in
            ProductText.product(index, of: catalogue, seed: seed)
        }
    }

    /// All users in the order of their ids, at most `batchSize` at a time.
    package func users(batchSize: Int) -> some Sequence<[SyntheticUser]> & Sendable {
        RowBatches(count: options.users, batchSize: batchSize) { [seed = options.seed] index in
            UserText.user(index, taste: Taste(user: index, seed: seed), seed: seed)
        }
    }

    /// All interactions, user by user and visit by visit, at most `batchSize` at a time.
    ///
    /// Visits of a user are in the order of their beginning and the events of a visit in the order of time; a rating,
    /// being days later, may be after the beginning of the next visit.
    package func interactions(batchSize: Int) -> some Sequence<[SyntheticInteraction]> & Sendable {
        InteractionBatches(
            catalogue: catalogue,
            activity: activity,
            calendar: calendar,
            identifiers: RowIdentifiers(options),
            seed: options.seed,
            batchSize: batchSize
        )
    }

    /// Id of a product by its row number.
    package static func productID(_ index: Int) -> String { RowIdentifiers.numbered("P", index) }

    /// Id of a user by its row number.
    package static func userID(_ index: Int) -> String { RowIdentifiers.numbered("U", index) }
}
