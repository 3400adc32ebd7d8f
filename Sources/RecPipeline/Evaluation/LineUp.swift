package import RecEngine

/// The models that can be asked for by name, with the settings they have unless told otherwise.
package struct LineUp: Sendable {
    /// A model under a name.
    package struct Entry: Sendable, Equatable, Codable {
        package var name: String
        package var configuration: ModelConfiguration

        package init(_ name: String, _ configuration: ModelConfiguration) {
            self.name = name
            self.configuration = configuration
        }
    }

    /// A name that is not known.
    package struct UnknownModel: Error, CustomStringConvertible {
        package let name: String
        package let known: [String]
        package var description: String { "there is no model \(name); there are \(known.joined(separator: ", "))" }
    }

    /// All entries, in the order in which they are shown.
    package let entries: [Entry]

    package init(_ entries: [Entry]) { self.entries = entries }

    /// Entries by name, in the order of the names.
    package func selecting(_ names: [String]) throws -> [Entry] {
        try names.map { name in
            guard let entry = entries.first(where: { $0.name == name }) else {
                throw UnknownModel(name: name, known: entries.map(\.name))
            }
            return entry
        }
    }
}

extension LineUp {
    /// Every model there is. Options that are not said are the models' own.
    package static let standard = LineUp([
        Entry("popularity", .popularity(.init(halfLife: nil, counting: .users))),
        Entry("trending", .popularity(.trending)),
        Entry("user_knn", .userKNN(.init())),
        Entry("user_knn_cosine", .userKNN(.init(halfLife: nil))),
        Entry("item_knn", .itemKNN(.init())),
        Entry("item_knn_cosine", .itemKNN(.init(weighting: .cosine))),
        Entry("item_knn_tfidf", .itemKNN(.init(weighting: .tfidf))),
        Entry("item_knn_sparse", .itemKNN(.sparse())),
        Entry("sar", .itemKNN(.sar())),
        Entry("rp3beta", .rp3Beta(.init())),
        Entry("svd", .truncatedSVD(.init())),
        Entry("als", .implicitALS(.init())),
        Entry("als_untuned", .implicitALS(.untuned())),
        Entry("ease", .ease(.plain())),
        Entry("edlae", .ease(.denoising())),
        Entry("ease_als", easeALS),
        Entry("ease_time", .ease(.timeWeighted())),
        Entry("ease_content", .ease(.init())),
        Entry("ease_demand", .demandWeighted(.init(.ease(.init())))),
        Entry("session", .session(.init())),
        Entry("content", .content(.init())),
        Entry(
            "hybrid",
            .hybrid(.init([.init(.userKNN(.init()), weight: 0.6), .init(.content(.init()), weight: 0.4)]))
        ),
        Entry("own_history", .ownHistory(.init())),
        Entry("buy_again", buyAgain),
    ])

    /// What dense data without useful times want: each half finds what the other misses.
    package static let easeALS = ModelConfiguration.hybrid(
        .init(
            [.init(.ease(.denoising()), weight: 0.5), .init(.implicitALS(.untuned()), weight: 0.5)],
            normalization: .standardDeviation
        )
    )

    /// A person's own items by how often and how lately, and what goes with them: both are about 1 for a likely purchase,
    /// so scores are added as they are. The second weight was chosen on five cuts of the published orders before the test
    /// part: 0.85 to 1.2 are a plateau. Demand counts less than for new products: what somebody buys again goes by their
    /// own habits, of short histories as of long ones.
    package static let buyAgain = ModelConfiguration.demandWeighted(
        .init(
            .hybrid(
                .init(
                    [.init(.ownHistory(.init()), weight: 1), .init(.ease(.init()), weight: 1)],
                    normalization: .none
                )
            ),
            demand: .init(
                recentHalfLife: 10 * 86_400,
                prior: 2,
                strength: 1,
                historyPrior: 0,
                // Two months after a fit all of it is still as good as a part.
                ageHalfLife: nil
            )
        )
    )

    /// Names separated by commas; one that repeats counts once.
    /// - Throws: ``NoModels`` for a text without a name.
    package static func names(_ text: String) throws(NoModels) -> [String] {
        var names: [String] = []
        for part in text.split(separator: ",") {
            let name = part.filter { $0 != " " }
            if !name.isEmpty, !names.contains(name) { names.append(name) }
        }
        guard !names.isEmpty else { throw NoModels() }
        return names
    }

    /// The list of names is empty.
    package struct NoModels: Error, CustomStringConvertible {
        package var description: String {
            "--models names no model; there are \(standard.entries.map(\.name).joined(separator: ", "))"
        }
    }

    /// The same line-up with some entries replaced by ones of the same name, and unknown ones added.
    package func replacing(_ others: [Entry]) -> LineUp {
        var entries = entries
        for other in others {
            if let position = entries.firstIndex(where: { $0.name == other.name }) {
                entries[position] = other
            } else {
                entries.append(other)
            }
        }
        return LineUp(entries)
    }

    /// The entries that can say something about the data: models of features only where there are any, models of own
    /// purchases only where repeats are allowed.
    package func suited(targets: Evaluator.Options.Targets, hasFeatures: Bool) -> [Entry] {
        entries.filter { entry in
            if entry.configuration.needsFeatures && !hasFeatures { return false }
            let needsRepeats = entry.name == "own_history" || entry.name == "buy_again"
            return targets == .allItems || !needsRepeats
        }
    }
}
