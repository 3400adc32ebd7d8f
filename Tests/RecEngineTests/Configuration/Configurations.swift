import RecEngine

/// Configurations for tests: every case, as it comes and with options away from the defaults.
enum Configurations {
    /// Every case with its defaults.
    static let plain: [ModelConfiguration] = [
        .popularity(.init()), .userKNN(.init()), .itemKNN(.init()), .rp3Beta(.init()), .ease(.init()),
        .implicitALS(.init(factors: 8)), .truncatedSVD(.init(factors: 4)), .content(.init()), .session(.init()),
        .basket(.init()), .ownHistory(.init()),
        .hybrid(.init([.init(.userKNN(.init()), weight: 0.6), .init(.content(.init()), weight: 0.4)])),
        .demandWeighted(.init(.ease(.init()))),
    ]

    /// Options that are legal and unusual.
    static let odd: [ModelConfiguration] = [
        .popularity(.init(halfLife: nil)), .popularity(.init(halfLife: 1.1, scope: .profileCategories)),
        .userKNN(.plain(neighbours: 1)), .userKNN(.init(neighbours: 1_000_000, shrinkage: 0.1, weighsItems: false)),
        .itemKNN(.init(weighting: .cosine, neighbours: 1, shrinkage: 0, halfLife: nil)),
        .itemKNN(.init(weighting: .tfidf)), .itemKNN(.sar()), .itemKNN(.sar(similarity: .lift)),
        .itemKNN(.init(weighting: .bm25(k1: 100, b: 0), neighbours: 1_000_000)),
        .itemKNN(.init(weighting: .bm25(k1: 0, b: 1), shrinkage: 1_000_000)),
        .rp3Beta(.init(alpha: 0, beta: 10, neighbours: 1, saturation: 0, halfLife: nil)),
        .ease(.plain(regularization: 0.3)), .ease(.timeWeighted()),
        .ease(
            .init(regularization: 1, relativeRegularization: 0, contentWeight: 9, fitHalfLife: 86_400, halfLife: 3_600)
        ),
        .implicitALS(
            .init(
                factors: 1,
                regularization: 1e-9,
                alpha: 1e-6,
                regularizationExponent: 1,
                iterations: 1,
                cgSteps: 1,
                seed: .max,
                saturation: nil,
                fitHalfLife: nil,
                halfLife: nil
            )
        ),
        .truncatedSVD(.init(factors: 300, iterations: 0, oversampling: 0, seed: 9, saturation: 0, halfLife: nil)),
        .content(.init(categoryAffinity: 0, saturation: 0, halfLife: nil)),
        .session(.init(lastItems: 1_000_000, decay: 0.001, neighbours: 1, shrinkage: 0, gap: 0.5)),
        .basket(.init(neighbours: 1_000_000, minimumSupport: 1, shrinkage: 0)),
        .ownHistory(.init(form: .saturated(0.1), halfLife: nil, repeatPrior: nil)),
        .ownHistory(.init(form: .logarithm)),
        .hybrid(
            .init(
                [
                    .init(.demandWeighted(.init(.popularity(.init()))), weight: 0),
                    .init(.hybrid(.init([.init(.itemKNN(.init()), weight: 1)], normalization: .none)), weight: 1),
                ],
                normalization: .standardDeviation
            )
        ),
        .demandWeighted(
            .init(
                .demandWeighted(.init(.ownHistory(.init()))),
                demand: .init(recentHalfLife: 1, longHalfLife: 1.5, prior: 1e-6)
            )
        ),
    ]

    /// A small log of three weeks with orders, and features of its items.
    static func data(withFeatures: Bool = true) -> TrainingData {
        var generator = SeededGenerator(seed: 17)
        var log = InteractionLog(userCount: 40, itemCount: 15)
        for row in 0..<500 {
            let user = Int32(generator.below(40))
            let item = Int32(generator.below(5) + 5 * (Int(user) % 3))
            log.append(user: user, item: item, weight: 1, time: 1e9 + Double(row) * 3_600, order: Int32(row / 3))
        }
        let features = ProductFeatures.build(
            names: (0..<15).map { "word\($0) group\($0 / 5)" },
            categories: (0..<15).map { "group \($0 / 5)" },
            prices: (0..<15).map { Float($0) }
        )
        return TrainingData(log: log, features: withFeatures ? features : nil)
    }
}
