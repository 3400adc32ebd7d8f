/// The options of one model: what can be set by name, what is wrong with them, and the configuration they make.
protocol ModelOptions: TunableOptions, Codable {
    static var algorithm: String { get }
    var configuration: ModelConfiguration { get }
    /// Whether the size of a profile's weights matters to the model, and not their signs or their shares alone.
    var needsWeightUnit: Bool { get }
}

extension ModelOptions {
    var needsWeightUnit: Bool { false }
}

/// Bounds that several options share.
private let counts = 1.0...1_000_000
private let strengths = 0.0...1_000_000

extension PopularityModel.Options: ModelOptions {
    static var algorithm: String { PopularityModel.algorithm }
    var configuration: ModelConfiguration { .popularity(self) }
    static var tunable: [TunableField<Self>] { [.days("half_life_days", \.halfLife)] }
}

extension UserKNN.Options: ModelOptions {
    static var algorithm: String { UserKNN.algorithm }
    var configuration: ModelConfiguration { .userKNN(self) }
    var needsWeightUnit: Bool { saturation != 0 }
    static var tunable: [TunableField<Self>] {
        [
            .number("neighbours", counts, \.neighbours), .number("shrinkage", strengths, \.shrinkage),
            .saturation(\.saturation), .days("half_life_days", \.halfLife),
        ]
    }
}

extension ItemKNN.Options: ModelOptions {
    static var algorithm: String { ItemKNN.algorithm }
    var configuration: ModelConfiguration { .itemKNN(self) }
    var needsWeightUnit: Bool { saturation != 0 }
    /// Those of BM25 are there with that weighting alone.
    static var tunable: [TunableField<Self>] {
        [
            bm25("bm25_k1", 0...1_000_000, get: { $0.k1 }, make: { .bm25(k1: $1, b: $0.b) }),
            bm25("bm25_b", 0...1, get: { $0.b }, make: { .bm25(k1: $0.k1, b: $1) }),
            .number("neighbours", counts, \.neighbours), .number("shrinkage", strengths, \.shrinkage),
            .saturation(\.saturation), .days("half_life_days", \.halfLife),
            .number("order_decay", 0.001...1, \.orderDecay).addedLater(),
        ]
    }

    private static func bm25(
        _ name: String,
        _ range: ClosedRange<Double>,
        get: @escaping @Sendable ((k1: Float, b: Float)) -> Float,
        make: @escaping @Sendable ((k1: Float, b: Float), Float) -> Weighting
    ) -> TunableField<Self> {
        TunableField(
            name: name,
            range: range,
            isStored: false,
            isThere: { if case .bm25 = $0.weighting { true } else { false } },
            get: { options in
                guard case .bm25(let k1, let b) = options.weighting else { return 0 }
                return Double(get((k1, b)))
            },
            set: { options, value in
                guard case .bm25(let k1, let b) = options.weighting else { return }
                options.weighting = make((k1, b), Float(value))
            }
        )
    }
}

extension RP3Beta.Options: ModelOptions {
    static var algorithm: String { RP3Beta.algorithm }
    var configuration: ModelConfiguration { .rp3Beta(self) }
    var needsWeightUnit: Bool { saturation != 0 }
    static var tunable: [TunableField<Self>] {
        [
            .number("alpha", 0...10, \.alpha), .number("beta", 0...10, \.beta),
            .number("neighbours", counts, \.neighbours), .saturation(\.saturation),
            .days("half_life_days", \.halfLife),
        ]
    }
}

extension EASE.Options: ModelOptions {
    static var algorithm: String { EASE.algorithm }
    var configuration: ModelConfiguration { .ease(self) }
    var needsWeightUnit: Bool { saturation != 0 }
    static var tunable: [TunableField<Self>] {
        [
            .number("regularization", 0...1e9, \.regularization),
            .number("relative_regularization", 0...1e6, \.relativeRegularization),
            .number("content_weight", 0...1e6, \.contentWeight),
            .number("dropout", 0...0.99, \.dropout).addedLater(),
            .number("user_normalization", 0...1, \.userNormalization).addedLater(),
            .days("fit_half_life_days", \.fitHalfLife), .days("half_life_days", \.halfLife),
            .saturation(\.saturation),
        ]
    }

    var ownFault: TunableFieldError? {
        guard regularization > 0 || relativeRegularization > 0 else {
            return .invalid(name: "regularization", rule: "and relative_regularization must not both be 0")
        }
        return memoryLimit >= 0 ? nil : .invalid(name: "memoryLimit", rule: "must be at least 0")
    }
}

extension ImplicitALS.Options: ModelOptions {
    static var algorithm: String { ImplicitALS.algorithm }
    var configuration: ModelConfiguration { .implicitALS(self) }
    var needsWeightUnit: Bool { saturation != 0 }
    static var tunable: [TunableField<Self>] {
        [
            .factors(\.factors), .number("regularization", 0...1e9, \.regularization),
            .number("relative_regularization", 0...1e6, \.relativeRegularization).addedLater(),
            .number("alpha", 1e-6...1e6, \.alpha), .number("unobserved_weight", 1e-9...1e6, \.unobservedWeight),
            .number("regularization_exponent", 0...1, \.regularizationExponent),
            .number("iterations", 1...10_000, \.iterations), .number("cg_steps", 1...1_000, \.cgSteps),
            .days("fit_half_life_days", \.fitHalfLife), .days("half_life_days", \.halfLife),
        ]
    }

    var ownFault: TunableFieldError? {
        guard regularization > 0 || relativeRegularization > 0 else {
            return .invalid(name: "regularization", rule: "and relative_regularization must not both be 0")
        }
        return saturation.map { $0 >= 0 && $0.isFinite } ?? true
            ? nil : .invalid(name: "saturation", rule: "must be at least 0")
    }
}

extension TruncatedSVD.Options: ModelOptions {
    static var algorithm: String { TruncatedSVD.algorithm }
    var configuration: ModelConfiguration { .truncatedSVD(self) }
    var needsWeightUnit: Bool { saturation != 0 }
    static var tunable: [TunableField<Self>] {
        [
            .factors(\.factors), .number("iterations", 0...100, \.iterations),
            .saturation(\.saturation), .days("half_life_days", \.halfLife),
        ]
    }

    var ownFault: TunableFieldError? {
        (0...4_096).contains(oversampling)
            ? nil : .invalid(name: "oversampling", rule: "must be 0 to 4096, not \(oversampling)")
    }
}

extension ContentModel.Options: ModelOptions {
    static var algorithm: String { ContentModel.algorithm }
    var configuration: ModelConfiguration { .content(self) }
    var needsWeightUnit: Bool { saturation != 0 }
    static var tunable: [TunableField<Self>] {
        [
            .number("category_affinity", strengths, \.categoryAffinity), .saturation(\.saturation),
            .days("half_life_days", \.halfLife),
        ]
    }
}

extension SessionModel.Options: ModelOptions {
    static var algorithm: String { SessionModel.algorithm }
    var configuration: ModelConfiguration { .session(self) }
    static var tunable: [TunableField<Self>] {
        [
            .number("last_items", counts, \.lastItems), .number("decay", 0.001...1, \.decay),
            .number("neighbours", counts, \.neighbours), .number("shrinkage", strengths, \.shrinkage),
        ]
    }

    var ownFault: TunableFieldError? {
        gap > 0 ? nil : .invalid(name: "gap", rule: "must be above 0, not \(gap)")
    }
}

extension BasketModel.Options: ModelOptions {
    static var algorithm: String { BasketModel.algorithm }
    var configuration: ModelConfiguration { .basket(self) }
    static var tunable: [TunableField<Self>] {
        [
            .number("neighbours", counts, \.neighbours), .number("minimum_support", counts, \.minimumSupport),
            .number("shrinkage", strengths, \.shrinkage),
        ]
    }
}

extension OwnHistory.Options: ModelOptions {
    static var algorithm: String { OwnHistory.algorithm }
    var configuration: ModelConfiguration { .ownHistory(self) }
    var needsWeightUnit: Bool { true }
    static var tunable: [TunableField<Self>] { [.days("half_life_days", \.halfLife)] }

    var ownFault: TunableFieldError? {
        if case .saturated(let s) = form, !(s >= 0 && s.isFinite) {
            return .invalid(name: "form", rule: "must have a saturation of at least 0, not \(s)")
        }
        return repeatPrior.map { $0 > 0 && $0.isFinite } ?? true
            ? nil : .invalid(name: "repeatPrior", rule: "must be above 0, or left out")
    }
}

extension DemandRatio.Options: TunableOptions {
    static var tunable: [TunableField<Self>] {
        [
            .days("recent_half_life_days", \.recentHalfLife), .days("long_half_life_days", \.longHalfLife),
            .number("prior", 1e-6...1e6, \.prior), .number("strength", 0...10, \.strength).addedLater(),
            .number("history_prior", 0...1e6, \.historyPrior).addedLater(),
            .days("age_half_life_days", \.ageHalfLife).leftOutAtZero(),
        ]
    }

    var ownFault: TunableFieldError? {
        guard longHalfLife > recentHalfLife else {
            return .invalid(
                name: "long_half_life_days",
                rule: "must be above recent_half_life_days, which is \(recentHalfLife / 86_400)"
            )
        }
        return nil
    }
}
