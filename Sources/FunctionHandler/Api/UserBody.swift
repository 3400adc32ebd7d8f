import RecPipeline
import Shop
import TextFormats

/// Users in answers and in requests.
enum UserBody {
    static let user = ObjectBody<User>("User") {
        Member("user_id", .externalID) { $0.userID }
        Member("email") { $0.email }
        Member("display_name") { $0.displayName }
        Member("preferences", json: .object) { $0.preferencesJSON }
        Member("segment") { $0.segment }
        Member("created_at") { $0.createdAt }
    }

    /// A user to be added.
    static let new = RouteInput<User>.object(
        .object([
            .init(name: "user_id", schema: .externalID),
            .init(name: "email", schema: Schema.email.nullable, isRequired: false),
            .init(name: "display_name", schema: Schema.text(.displayName).nullable, isRequired: false),
            .init(name: "segment", schema: Schema.text(.segment).nullable, isRequired: false),
            .init(name: "preferences", schema: Schema.object.nullable, isRequired: false),
        ]).named("NewUser"),
        example: #"{"user_id":"U-example","email":"ada@example.org","display_name":"Ada"}"#
    ) { reader in
        let userID = reader.identifier("user_id", isRequired: true)
        let email = email(&reader)
        let displayName = reader.text("display_name", .displayName)
        let segment = reader.text("segment", .segment)
        let preferences = reader.objectText("preferences")
        guard let userID else { return nil }
        return User(
            userID: userID,
            email: email,
            displayName: displayName,
            preferencesJSON: preferences ?? "{}",
            segment: segment
        )
    }
}

extension UserBody {
    /// What a user changes of the own record: members that are given; null removes one.
    static let change = RouteInput<UserChange>.json(
        .object([
            .init(name: "email", schema: Schema.email.nullable, isRequired: false),
            .init(name: "display_name", schema: Schema.text(.displayName).nullable, isRequired: false),
            .init(
                name: "segment",
                schema: Schema.text(.segment).saying("Administrators only.").nullable,
                isRequired: false
            ),
        ]).named("UserChange"),
        example: #"{"display_name":"Ada L."}"#
    ) { (body) throws(Problem) in
        var reader = ObjectReader(body, at: "#")
        let email = Self.email(&reader)
        let displayName = reader.text("display_name", .displayName)
        let segment = reader.text("segment", .segment)
        guard reader.faults.isEmpty else { throw .invalidBody(reader.faults) }
        func change(_ name: String, _ value: String?) -> String?? { body[name] == nil ? nil : .some(value) }
        return UserChange(
            email: change("email", email),
            displayName: change("display_name", displayName),
            segment: change("segment", segment)
        )
    }

    private static func email(_ reader: inout ObjectReader) -> String? {
        let email = reader.text("email", .email)
        if let email, !email.dropFirst().dropLast().contains("@") {
            reader.refuse("email", "must be an e-mail address")
        }
        return email
    }

    private static let names = Schema.list(of: .string)

    static let erasure = ObjectBody<UserEraser.Erasure>("UserErasure", "What was removed, by place.") {
        Member("events", .count) { $0.rows.events }
        Member("lists", .count, "Of all generations and of those made on demand.") { $0.rows.lists }
        Member("users", .count) { $0.rows.users }
        Member("data_sets", names, "Removed at once.") { $0.removed.dataSets }
        Member("models", names, "Removed at once.") { $0.removed.models }
        Member("remaining", .count, "Rows that name the user, counted afterwards.") { $0.rows.remaining }
        Member("remaining_data_sets", names, "Removed by the next housekeeping.") { $0.left.dataSets }
        Member(
            "remaining_models",
            names,
            "Removed by the next housekeeping; the live one after the next full run, which is due."
        ) { $0.left.models }
    }
}

/// Onboarding: the categories that a customer likes, from which their first lists are made.
struct ChosenCategories: Sendable {
    /// As it is stored.
    let json: String
    let names: [String]

    private static let weights = 0.001...1_000

    static let input = RouteInput<ChosenCategories>.json(
        .object([
            .init(
                name: "categories",
                schema: .object([], others: Schema(.number(weights)))
            )
        ]).named("Preferences"),
        example: #"{"categories":{"Group 0":1}}"#
    ) { (body) throws(Problem) in
        var reader = ObjectReader(body, at: "#")
        let text = reader.objectText("categories")
        if text == nil, reader.faults.isEmpty { reader.refuse("categories", "is missing") }
        let chosen = (body["categories"]?.object ?? [:]).sorted { $0.key < $1.key }
        for (name, weight) in chosen where !(weight.double.map(weights.contains) ?? false) {
            reader.refuse("categories/\(name)", "must be a weight from \(weights.lowerBound) to \(weights.upperBound)")
        }
        guard reader.faults.isEmpty, let text else { throw .invalidBody(reader.faults) }
        return ChosenCategories(json: "{\"categories\":\(text)}", names: chosen.map { $0.key.nfc })
    }

    /// - Throws: `Problem` that names each category that the shop does not have.
    func check(_ known: Set<String>) throws(Problem) {
        let faults = names.filter { !known.contains($0) }.map { name in
            Problem.Fault(.body, "#/categories/\(name)", "categories/\(name) is no category of this shop")
        }
        guard faults.isEmpty else { throw .unprocessable(faults[0].detail, faults: faults) }
    }
}
