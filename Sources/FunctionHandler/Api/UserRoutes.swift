import HTTPTypes
import RecPipeline
import Shop
import TextFormats

/// Customers: the list and new ones for administrators, one's own record for its user.
struct UserRoutes: Sendable {
    let users: UserRepository
    let eraser: UserEraser
    let catalogue: CatalogueCache
    let lastKnownLists: LastKnownAnswers

    static let userID = RouteInput<String>.path("user_id", "A user's id.", example: "U-1")

    var routes: [Route] {
        [
            Route(
                .get,
                "/users",
                .admin,
                "listUsers",
                "Users in the order of their ids",
                PageRequest.input,
                returning: .json(.list(of: UserBody.user), "A page of users."),
                handler: list
            ),
            Route(
                .post,
                "/users",
                .admin,
                "createUser",
                "Adds a user",
                UserBody.new,
                returning: .created(UserBody.user, "The user.") { "/api/users/\($0.userID)" },
                problems: [.conflict: "There is a user of this id."],
                handler: create
            ),
            Route(
                .get,
                "/users/{user_id}",
                .ownUser,
                "getUser",
                "One user",
                Self.userID,
                returning: .json(UserBody.user, "The user."),
                handler: detail
            ),
            Route(
                .put,
                "/users/{user_id}",
                .ownUser,
                "updateUser",
                "Changes members of a user's record",
                Self.userID,
                UserBody.change,
                returning: .json(UserBody.user, "The user as it is now."),
                handler: update
            ),
            Route(
                .delete,
                "/users/{user_id}",
                .admin,
                "eraseUser",
                "Erases a user everywhere",
                .path("user_id", "A user's id.", example: "U-example"),
                .flag(
                    "now",
                    "Removes data sets and models that hold the user at once, not at the next housekeeping.",
                    default: false
                ),
                returning: .json(UserBody.erasure, "What was removed."),
                handler: erase
            ),
            Route(
                .put,
                "/users/{user_id}/preferences",
                .ownUser,
                "setPreferences",
                "Sets the categories that a user likes, each with a weight",
                Self.userID,
                ChosenCategories.input,
                returning: .json(UserBody.user, "The user with the new preferences."),
                handler: setPreferences
            ),
        ]
    }

    private func list(_: RoutedRequest, _ page: PageRequest) async throws -> ListAnswer<User> {
        let users = try await users.list(page: page.page, pageSize: page.pageSize)
        return ListAnswer(users.items, total: users.total, page: page.page, pageSize: page.pageSize)
    }

    private func detail(_: RoutedRequest, _ id: String) async throws -> User {
        guard let user = try await users.find(id) else { throw Problem.notFound("user", id) }
        return user
    }

    private func create(_: RoutedRequest, _ user: User) async throws -> User {
        guard let stored = try await users.create(user) else {
            throw Problem.conflict("there is a user \(user.userID.quotedForMessage) already", kind: "user-exists")
        }
        return stored
    }

    private func update(_ request: RoutedRequest, _ id: String, _ change: UserChange) async throws -> User {
        // A segment decides which lists a newcomer sees; demo mode has nobody to keep from it.
        if change.segment != nil, !request.caller.mayActAsAnyone, !request.caller.isAdmin {
            let detail = "segment is set by administrators"
            throw Problem.unprocessable(detail, faults: [.init(.body, "#/segment", detail)])
        }
        guard let stored = try await users.update(id, change) else { throw Problem.notFound("user", id) }
        return stored
    }

    private func erase(_: RoutedRequest, _ id: String, _ isImmediate: Bool) async throws -> UserEraser.Erasure {
        guard let erasure = try await eraser.erase(id, isImmediate: isImmediate) else {
            throw Problem.notFound("user", id)
        }
        lastKnownLists.forget(of: [id])
        return erasure
    }

    private func setPreferences(_: RoutedRequest, _ id: String, _ chosen: ChosenCategories) async throws -> User {
        try chosen.check(Set(try await catalogue.current().products.map(\.category)))
        guard let stored = try await users.setPreferences(id, json: chosen.json) else {
            throw Problem.notFound("user", id)
        }
        return stored
    }
}
