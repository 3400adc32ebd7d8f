package import RecEngine

/// The values that a search tries for each algorithm unless it is told others: coarse, around the defaults.
package enum SearchSpace {
    package static func axes(for configuration: ModelConfiguration) -> [(name: String, values: [ParameterValue])] {
        switch configuration {
        case .popularity: [("half_life_days", [0, 3, 7, 14, 30, 90, 180])]
        case .userKNN: [("neighbours", [50, 150, 400]), ("half_life_days", [0, 30, 60, 120]), ("shrinkage", [0, 1, 5])]
        case .itemKNN(let options): itemKNN(options)
        case .rp3Beta:
            [
                ("alpha", [0.6, 0.8, 1]), ("beta", [0.2, 0.4, 0.6]), ("neighbours", [50, 100, 200]),
                ("half_life_days", [0, 60, 120]),
            ]
        case .ease: ease
        case .implicitALS:
            [
                ("factors", [32, 64, 128]), ("regularization", [0.1, 0.6, 3]), ("alpha", [2, 8, 20]),
                ("fit_half_life_days", [0, 45, 90]), ("half_life_days", [0, 45, 90]),
            ]
        case .truncatedSVD: [("factors", [16, 32, 64, 128]), ("half_life_days", [0, 30, 60, 120])]
        case .content:
            [("category_affinity", [0, 0.05, 0.1, 0.3]), ("saturation", [0, 1, 5]), ("half_life_days", [0, 14, 30, 90])]
        case .session: [("last_items", [3, 5, 10, 20]), ("decay", [0.6, 0.8, 1]), ("shrinkage", [0, 10, 50])]
        case .basket: [("minimum_support", [1, 3, 10]), ("shrinkage", [0, 5, 20])]
        case .ownHistory: [("half_life_days", [0, 30, 90, 180, 365])]
        case .hybrid(let hybrid):
            hybrid.parts.indices.map { ("part\($0).weight", $0 == 0 ? [1] : [0.1, 0.3, 0.7, 1.5]) }
        case .demandWeighted(let weighted):
            axes(for: weighted.configuration) + [("demand.recent_half_life_days", [10, 30])]
        }
    }

    private static func itemKNN(_ options: ItemKNN.Options) -> [(name: String, values: [ParameterValue])] {
        var axes: [(name: String, values: [ParameterValue])] = [
            ("neighbours", [50, 100, 200]), ("shrinkage", [0, 10, 50]), ("half_life_days", [0, 60, 120]),
        ]
        if case .bm25 = options.weighting { axes += [("bm25_k1", [0.8, 1.2, 100]), ("bm25_b", [0.3, 0.75])] }
        return axes
    }

    private static let ease: [(name: String, values: [ParameterValue])] = [
        ("relative_regularization", [10, 30, 100]), ("content_weight", [0, 0.5]), ("fit_half_life_days", [0, 45, 90]),
        ("half_life_days", [0, 90, 180]),
    ]
}
