import TextFormats

/// What a customer chose when they signed up: categories with a weight each.
///
/// Stored in `users.preferences` as `{"categories": {"Kitchen": 1, "Garden": 0.5}}`; a list of names is read too, each with
/// weight 1. Whatever else the object holds is the shop's own.
package struct OnboardingPreferences: Sendable, Equatable {
    /// Above 0, by name of the category.
    package var categories: [String: Float]

    /// What cannot be read is no preference: the object may come from anywhere.
    package init(json: String) {
        let value = (try? JSONParser.parse(json)) ?? .null
        let stored = value["categories"]
        if let names = stored?.array {
            categories = Dictionary(names.compactMap(\.string).map { ($0, 1) }, uniquingKeysWith: { first, _ in first })
        } else {
            categories = (stored?.object ?? [:]).compactMapValues { $0.double.map { Float($0) } }
                .filter { $0.value > 0 && $0.value.isFinite }
        }
    }
}

extension User {
    /// Segments that a batch found are written as `cluster-0`, …; others are the shop's own.
    package static let clusterPrefix = "cluster-"

    /// The number of the cluster that a batch put the customer into; nil for none and for a segment of the shop's.
    package var clusterNumber: Int? {
        segment.flatMap { $0.hasPrefix(Self.clusterPrefix) ? Int($0.dropFirst(Self.clusterPrefix.count)) : nil }
    }
}
