/// Bounds that several options share.
private let counts = 1.0...1_000_000
private let strengths = 0.0...1_000_000

extension PopularityModel.Options: TunableOptions {
    /// The fields that can be set by name.
    public static var tunable: [TunableField<Self>] { [.days("half_life_days", \.halfLife)] }
}

extension UserKNN.Options: TunableOptions {
    /// The fields that can be set by name.
    public static var tunable: [TunableField<Self>] {
        [
            .whole("neighbours", counts, \.neighbours), .number("shrinkage", strengths, \.shrinkage),
            .saturation(\.saturation), .days("half_life_days", \.halfLife),
        ]
    }
}

extension ItemKNN.Options: TunableOptions {
    /// The fields that can be set by name. Those of BM25 are there with that weighting alone.
    public static var tunable: [TunableField<Self>] {
        [
            bm25("bm25_k1", 0...1_000_000, get: { $0.k1 }, make: { .bm25(k1: $1, b: $0.b) }),
            bm25("bm25_b", 0...1, get: { $0.b }, make: { .bm25(k1: $0.k1, b: $1) }),
            .whole("neighbours", counts, \.neighbours), .number("shrinkage", strengths, \.shrinkage),
            .saturation(\.saturation), .days("half_life_days", \.halfLife),
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
            isWhole: false,
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

extension RP3Beta.Options: TunableOptions {
    /// The fields that can be set by name.
    public static var tunable: [TunableField<Self>] {
        [
            .number("alpha", 0...10, \.alpha), .number("beta", 0...10, \.beta),
            .whole("neighbours", counts, \.neighbours), .saturation(\.saturation),
            .days("half_life_days", \.halfLife),
        ]
    }
}

extension EASE.Options: TunableOptions {
    /// The fields that can be set by name.
    public static var tunable: [TunableField<Self>] {
        [
            .number("regularization", 0...1e9, \.regularization),
            .number("relative_regularization", 0...1e6, \.relativeRegularization),
            .number("content_weight", 0...1e6, \.contentWeight), .days("fit_half_life_days", \.fitHalfLife),
            .days("half_life_days", \.halfLife), .saturation(\.saturation),
        ]
    }
}

extension ImplicitALS.Options: TunableOptions {
    /// The fields that can be set by name.
    public static var tunable: [TunableField<Self>] {
        [
            .whole("factors", 1...4_096, \.factors), .number("regularization", 1e-9...1e9, \.regularization),
            .number("alpha", 1e-6...1e6, \.alpha), .number("unobserved_weight", 1e-9...1e6, \.unobservedWeight),
            .number("regularization_exponent", 0...1, \.regularizationExponent),
            .whole("iterations", 1...10_000, \.iterations), .whole("cg_steps", 1...1_000, \.cgSteps),
            .days("fit_half_life_days", \.fitHalfLife), .days("half_life_days", \.halfLife),
        ]
    }
}

extension TruncatedSVD.Options: TunableOptions {
    /// The fields that can be set by name.
    public static var tunable: [TunableField<Self>] {
        [
            .whole("factors", 1...4_096, \.factors), .whole("iterations", 0...100, \.iterations),
            .saturation(\.saturation), .days("half_life_days", \.halfLife),
        ]
    }
}

extension ContentModel.Options: TunableOptions {
    /// The fields that can be set by name.
    public static var tunable: [TunableField<Self>] {
        [
            .number("category_affinity", strengths, \.categoryAffinity), .saturation(\.saturation),
            .days("half_life_days", \.halfLife),
        ]
    }
}

extension SessionModel.Options: TunableOptions {
    /// The fields that can be set by name.
    public static var tunable: [TunableField<Self>] {
        [
            .whole("last_items", counts, \.lastItems), .number("decay", 0.001...1, \.decay),
            .whole("neighbours", counts, \.neighbours), .number("shrinkage", strengths, \.shrinkage),
        ]
    }
}

extension BasketModel.Options: TunableOptions {
    /// The fields that can be set by name.
    public static var tunable: [TunableField<Self>] {
        [
            .whole("neighbours", counts, \.neighbours), .whole("minimum_support", counts, \.minimumSupport),
            .number("shrinkage", strengths, \.shrinkage),
        ]
    }
}

extension OwnHistory.Options: TunableOptions {
    /// The fields that can be set by name.
    public static var tunable: [TunableField<Self>] { [.days("half_life_days", \.halfLife)] }
}

extension DemandRatio.Options: TunableOptions {
    /// The fields that can be set by name.
    public static var tunable: [TunableField<Self>] {
        [
            .days("recent_half_life_days", \.recentHalfLife), .days("long_half_life_days", \.longHalfLife),
            .number("prior", 1e-6...1e6, \.prior),
        ]
    }
}
