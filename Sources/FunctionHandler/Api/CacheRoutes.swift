import HTTPTypes
import Shop
import TextFormats

/// The stored lists for administrators: how complete they are, and having them made again.
struct CacheRoutes: Sendable {
    let stats: CacheStatsRepository
    /// In seconds; older lists are stale.
    let maximumAge: Int
    let lastKnownLists: LastKnownAnswers

    var routes: [Route] {
        [
            Route(
                .get,
                "/cache/stats",
                .admin,
                "getCacheStats",
                "How many users have lists, and how new they are",
                returning: .json(.list(of: Self.body), "By variant and list."),
                handler: { _ in ListAnswer(all: try await stats.stats(maximumAge: maximumAge)) }
            ),
            Route(
                .delete,
                "/cache/{user_id}",
                .admin,
                "deleteCachedLists",
                "Drops the stored lists of a user; the next request makes new ones",
                UserRoutes.userID,
                returning: .json(Self.deletion, "How many lists were served until now."),
                handler: delete
            ),
            Route(
                .post,
                "/cache/invalidate-all",
                .admin,
                "invalidateCache",
                "Has all lists made again in the background, some at each tick; what is stored is served as stale until then",
                returning: .json(Self.invalidation, "How many users' lists are made again.", status: .accepted),
                problems: [.conflict: "There are no lists yet."],
                handler: { _ in try await invalidateAll() }
            ),
        ]
    }

    private static let body = ObjectBody<CacheStats>("CacheStats") {
        Member("variant") { $0.variant }
        Member("list", .choice(ListKind.self)) { $0.list.rawValue }
        Member("users", .count, "Of the shop.") { $0.users }
        Member("coverage", Schema(.number(0...1)), "Share of users with a list.") { stats in
            stats.users > 0 ? min(1, Double(stats.fresh + stats.stale) / Double(stats.users)) : nil
        }
        Member("fresh", .count) { $0.fresh }
        Member("stale", .count) { $0.stale }
        Member("missing", .count) { $0.missing }
        Member("ages", listOf: age) { stats in
            stats.byAge.enumerated().map { ($0 < CacheStats.ages.count ? CacheStats.ages[$0] : nil, $1) }
        }
    }

    private static let age = ObjectBody<(limit: Int64?, count: Int64)> {
        Member("up_to_seconds", .count, "Null for older ones.") { $0.limit }
        Member("count", .count) { $0.count }
    }

    private static let deletion = ObjectBody<Int>("CacheDeletion") {
        Member("deleted", .count) { $0 }
    }

    private static let invalidation = ObjectBody<Int>("CacheInvalidation") {
        Member("users", .count, "Whose lists are stale now.") { $0 }
    }

    private func invalidateAll() async throws -> Int {
        guard let count = try await stats.invalidateAll() else {
            throw Problem.conflict("there are no lists yet; POST /batch/trigger makes them", kind: "no-lists")
        }
        return count
    }

    private func delete(_: RoutedRequest, _ userID: String) async throws -> Int {
        guard let count = try await stats.invalidate(userID) else { throw Problem.notFound("user", userID) }
        lastKnownLists.forget(of: [userID])
        return count
    }
}
