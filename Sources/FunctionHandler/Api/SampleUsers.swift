import Shop
import Synchronization

/// Users of the shop that differ, for whoever wants to see the shop as one of them. Asked of the database at most once in ten
/// minutes.
final class SampleUsers: Sendable {
    private let users: SampleUserRepository
    private let latest = Mutex<(users: [SampleUser], time: ContinuousClock.Instant)?>(nil)

    init(users: SampleUserRepository) {
        self.users = users
    }

    static let body = ObjectBody<SampleUser>("SampleUser") {
        Member("user_id", .externalID) { $0.userID }
        Member("display_name") { $0.displayName }
        Member("orders", .count) { $0.orders }
        Member("favourite_category") { $0.category }
        Member("about", .string, "A line about the user.") { $0.about }
    }

    func current() async throws -> [SampleUser] {
        if let known = latest.withLock({ $0 }), .now - known.time < .seconds(600) { return known.users }
        let users = try await users.find()
        // An empty shop is filled sooner than in ten minutes.
        if !users.isEmpty { latest.withLock { $0 = (users, .now) } }
        return users
    }
}

extension SampleUser {
    fileprivate var about: String {
        guard orders > 0 else { return "New here: has bought nothing yet" }
        let number = "\(orders) order\(orders == 1 ? "" : "s")"
        return category.map { "Buys mostly from \($0), \(number)" } ?? number
    }
}
