package import Postgres

/// Full-text search over names, categories and descriptions.
package struct ProductSearchRepository: Sendable {
    private let database: PostgresClient

    package init(database: PostgresClient) {
        self.database = database
    }

    /// A product that matches, by internal key, and how well: higher is better.
    package struct Match: Sendable, Equatable {
        package var key: Int64
        package var rank: Float
    }

    /// Active products that have all words in any grammatical form; of the last word the beginning is enough, because it may
    /// still be being typed.
    /// - Parameter words: letters and digits alone, in lower case; see ``SearchWords``.
    package func matches(_ words: [String]) async throws -> [Match] {
        guard let last = words.last else { return [] }
        let rows = try await database.read(
            """
            SELECT id, ts_rank(search, query) FROM products, LATERAL (
                SELECT to_tsquery('english', \(Self.conjunction(words.dropLast())))
                    && (to_tsquery('english', \(Self.quoted(last) + ":*"))
                        || to_tsquery('simple', \(Self.quoted(last) + ":*"))) AS query
            ) AS q WHERE active AND search @@ query
            """
        )
        return try rows.map { Match(key: try $0.decode(Int64.self, at: 0), rank: try $0.decode(Float.self, at: 1)) }
    }

    private static func conjunction(_ words: some Collection<String>) -> String {
        words.map(quoted).joined(separator: " & ")
    }

    /// Quoted, a word is text whatever is in it.
    private static func quoted(_ word: String) -> String {
        "'" + word.replacing("\\", with: "\\\\").replacing("'", with: "''") + "'"
    }
}

/// What somebody searches for, as words: runs of letters and digits in lower case. Everything else separates them, so that no
/// character is syntax.
package enum SearchWords {
    package static func of(_ text: String) -> [String] {
        text.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
    }
}
