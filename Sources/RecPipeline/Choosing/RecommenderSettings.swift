import FoundationEssentials
import RecEngine
import Shop
package import TextFormats

/// `recommender` in `app_config`: which models compete, how lists are ranked, how often models are judged.
package struct RecommenderSettings: Codable, Sendable, Equatable {
    /// A model that competes: one of the line-up, with options of its own where they are set.
    package struct Candidate: Codable, Sendable, Equatable {
        /// As `evaluate` knows it, such as `ease_demand`.
        package var name: String
        /// Options by name, such as `part0.weight` of `hybrid`.
        package var parameters: [String: Double] = [:]

        package init(_ name: String) { self.name = name }

        enum CodingKeys: String, CodingKey { case name, parameters }

        /// From a name alone, or an object with name and parameters.
        package init(from decoder: any Decoder) throws {
            if let name = try? decoder.singleValueContainer().decode(String.self) {
                self.init(name)
            } else {
                let container = try decoder.container(keyedBy: CodingKeys.self)
                self.init(try container.decode(String.self, forKey: .name))
                parameters = try container.decodeIfPresent([String: Double].self, forKey: .parameters) ?? [:]
            }
        }

        package func encode(to encoder: any Encoder) throws {
            guard !parameters.isEmpty else {
                var container = encoder.singleValueContainer()
                return try container.encode(name)
            }
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(name, forKey: .name)
            try container.encode(parameters, forKey: .parameters)
        }
    }

    /// When models are judged, and on whom.
    package struct Evaluation: Codable, Sendable, Equatable {
        /// Models are judged again after so long.
        package var intervalSeconds = 86_400
        /// … or when there are so many more events, as a share of those of the last time.
        package var growth = 0.1
        /// Customers judged at the most; a larger shop's are drawn.
        package var maximumUsers = 20_000
        /// With fewer judged customers the figures say too little, and the first candidate is taken.
        package var minimumUsers = 50

        package init() {}

        package init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            self.init()
            intervalSeconds = try container.decodeIfPresent(Int.self, forKey: .intervalSeconds) ?? intervalSeconds
            growth = try container.decodeIfPresent(Double.self, forKey: .growth) ?? growth
            maximumUsers = try container.decodeIfPresent(Int.self, forKey: .maximumUsers) ?? maximumUsers
            minimumUsers = try container.decodeIfPresent(Int.self, forKey: .minimumUsers) ?? minimumUsers
        }

        enum CodingKeys: String, CodingKey, CaseIterable {
            case intervalSeconds = "interval_seconds"
            case growth
            case maximumUsers = "max_users"
            case minimumUsers = "min_users"
        }
    }

    /// In order of preference: a shop too small to judge takes the first.
    package var candidates = [
        "ease_demand", "ease_time", "hybrid", "user_knn", "item_knn", "item_knn_sparse", "als", "ease_als",
    ].map(Candidate.init)
    package var ranking = RankingOptions()
    package var evaluation = Evaluation()

    enum CodingKeys: String, CodingKey, CaseIterable { case candidates, ranking, evaluation }

    package init() {}

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init()
        candidates = try container.decodeIfPresent([Candidate].self, forKey: .candidates) ?? candidates
        ranking = try container.decodeIfPresent(RankingOptions.self, forKey: .ranking) ?? ranking
        evaluation = try container.decodeIfPresent(Evaluation.self, forKey: .evaluation) ?? evaluation
    }

    /// Models that every choice has to beat, judged beside the candidates.
    package static let baselines = ["popularity", "trending"]

    /// Reads what is stored; a field that is not there has its default.
    package init(json: String?) throws {
        guard let json else {
            self.init()
            return
        }
        self = try JSONDecoder().decode(RecommenderSettings.self, from: Data(json.utf8))
        if let problem = problems.first { throw problem }
    }

    package func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }

    // MARK: - Checks

    /// Models that may compete.
    package static let candidateNames = LineUp.standard.entries
        .filter { !$0.configuration.listsOwnItemsOnly && $0.name != "buy_again" }.map(\.name)

    /// Members of a document that are no settings, such as misspelt ones.
    package static func unknownMembers(of document: JSONValue) -> [DocumentProblem] {
        func unknown(_ value: JSONValue?, _ pointer: String, _ known: [String]) -> [DocumentProblem] {
            (value?.object ?? [:]).keys.filter { !known.contains($0) }.sorted().map {
                DocumentProblem(
                    document: .recommender,
                    pointer: "\(pointer)/\($0)",
                    reason: "is not a setting of the recommender"
                )
            }
        }
        return unknown(document, "", CodingKeys.allCases.map(\.stringValue))
            + unknown(document["ranking"], "/ranking", RankingOptions.names)
            + unknown(document["evaluation"], "/evaluation", Evaluation.CodingKeys.allCases.map(\.stringValue))
    }

    /// Everything that is wrong; empty for settings that can be used.
    package var problems: [DocumentProblem] {
        var problems: [DocumentProblem] = []
        func check(_ isRight: Bool, _ pointer: String, _ reason: String) {
            if !isRight { problems.append(DocumentProblem(document: .recommender, pointer: pointer, reason: reason)) }
        }
        check(!candidates.isEmpty, "/candidates", "must name at least one model")
        check(Set(candidates.map(\.name)).count == candidates.count, "/candidates", "names a model twice")
        for (position, candidate) in candidates.enumerated() {
            do { _ = try Self.entry(candidate) } catch { check(false, "/candidates/\(position)", "\(error)") }
        }
        check((1...100).contains(ranking.listLength), "/ranking/list_length", "must be 1 to 100")
        check((0...1).contains(ranking.diversity), "/ranking/diversity", "must be 0 to 1; 1 keeps the order of scores")
        check((0...0.5).contains(ranking.exploration), "/ranking/exploration", "must be 0 to 0.5; 0 is off")
        for (name, price) in [("min_price", ranking.minimumPrice), ("max_price", ranking.maximumPrice)] {
            check(
                price.map((0...1e12).contains) ?? true,
                "/ranking/\(name)",
                "must be an amount from 0 to 1000000000000"
            )
        }
        check(
            ranking.minimumPrice ?? 0 <= ranking.maximumPrice ?? .infinity,
            "/ranking/max_price",
            "must not be below min_price"
        )
        for (position, id) in ranking.excludedProducts.enumerated() {
            check(ExternalID.isValid(id), "/ranking/excluded_products/\(position)", "must be \(ExternalID.rule)")
        }
        check(evaluation.intervalSeconds >= 0, "/evaluation/interval_seconds", "must be at least 0")
        check((0...1e9).contains(evaluation.growth), "/evaluation/growth", "must be 0 to 1000000000")
        check(evaluation.maximumUsers > 0, "/evaluation/max_users", "must be at least 1")
        check(evaluation.minimumUsers >= 0, "/evaluation/min_users", "must be at least 0")
        return problems
    }

    /// The candidates with their options.
    package func entries() throws -> [LineUp.Entry] { try candidates.map(Self.entry) }

    private static func entry(_ candidate: Candidate) throws -> LineUp.Entry {
        guard var entry = try LineUp.standard.selecting([candidate.name]).first else { throw LineUp.NoModels() }
        guard !entry.configuration.listsOwnItemsOnly, entry.name != "buy_again" else {
            throw RepeatsOnly(name: entry.name)
        }
        for (name, value) in candidate.parameters.sorted(by: { $0.key < $1.key }) {
            entry.configuration = try entry.configuration.setting(name, to: value)
        }
        try entry.configuration.check()
        return entry
    }

    private struct RepeatsOnly: Error, CustomStringConvertible {
        let name: String
        var description: String { "\(name) lists what customers have already; it cannot compete for new products" }
    }
}
