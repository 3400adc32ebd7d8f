package import FoundationEssentials

/// A customer of the shop.
package struct User: Sendable, Equatable {
    /// Internal key; 0 before the user is stored.
    package var key: Int64
    /// External id.
    package var userID: String
    package var email: String?
    package var displayName: String?
    /// JSON object, e.g. `{"categories": ["Kitchen"]}` from onboarding.
    package var preferencesJSON: String
    /// A group that the shop names, such as `wholesale`.
    package var segment: String?
    /// Nil before the user is stored.
    package var createdAt: Date?

    package init(
        key: Int64 = 0,
        userID: String,
        email: String? = nil,
        displayName: String? = nil,
        preferencesJSON: String = "{}",
        segment: String? = nil,
        createdAt: Date? = nil
    ) {
        self.key = key
        self.userID = userID
        self.email = email
        self.displayName = displayName
        self.preferencesJSON = preferencesJSON
        self.segment = segment
        self.createdAt = createdAt
    }
}

/// One page of users, ordered by id.
package struct UserPage: Sendable {
    package var items: [User]
    /// Users of all pages.
    package var total: Int
}
