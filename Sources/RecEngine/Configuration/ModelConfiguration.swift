/// Which model with which options: a value that can be stored, compared, searched over and fitted.
///
/// As JSON: `{"algorithm": "ease", "options": {…}}`, the options being those of the model's own type.
public indirect enum ModelConfiguration: Sendable, Equatable {
    /// ``PopularityModel``
    case popularity(PopularityModel.Options)
    /// ``UserKNN``
    case userKNN(UserKNN.Options)
    /// ``ItemKNN``, SAR among its settings
    case itemKNN(ItemKNN.Options)
    /// ``RP3Beta``
    case rp3Beta(RP3Beta.Options)
    /// ``EASE``
    case ease(EASE.Options)
    /// ``ImplicitALS``
    case implicitALS(ImplicitALS.Options)
    /// ``TruncatedSVD``
    case truncatedSVD(TruncatedSVD.Options)
    /// ``ContentModel``
    case content(ContentModel.Options)
    /// ``SessionModel``
    case session(SessionModel.Options)
    /// ``BasketModel``
    case basket(BasketModel.Options)
    /// ``OwnHistory``
    case ownHistory(OwnHistory.Options)
    /// ``HybridRecommender``
    case hybrid(HybridConfiguration)
    /// ``DemandWeighted``
    case demandWeighted(DemandConfiguration)

    /// Stored name of the algorithm.
    public var algorithm: String {
        switch self {
        case .popularity: PopularityModel.algorithm
        case .userKNN: UserKNN.algorithm
        case .itemKNN: ItemKNN.algorithm
        case .rp3Beta: RP3Beta.algorithm
        case .ease: EASE.algorithm
        case .implicitALS: ImplicitALS.algorithm
        case .truncatedSVD: TruncatedSVD.algorithm
        case .content: ContentModel.algorithm
        case .session: SessionModel.algorithm
        case .basket: BasketModel.algorithm
        case .ownHistory: OwnHistory.algorithm
        case .hybrid: HybridRecommender.algorithm
        case .demandWeighted: DemandWeighted.algorithm
        }
    }

    /// Whether the model lists nothing but what a customer has met.
    public var listsOwnItemsOnly: Bool {
        switch self {
        case .ownHistory: true
        case .hybrid(let hybrid): hybrid.parts.allSatisfy(\.configuration.listsOwnItemsOnly)
        case .demandWeighted(let demand): demand.configuration.listsOwnItemsOnly
        default: false
        }
    }

    /// Whether the model cannot be fitted without features of the items.
    public var needsFeatures: Bool {
        switch self {
        case .content: true
        case .hybrid(let hybrid): hybrid.parts.contains { $0.configuration.needsFeatures }
        case .demandWeighted(let demand): demand.configuration.needsFeatures
        default: false
        }
    }
}

/// The parts of a ``HybridRecommender`` before they are fitted.
public struct HybridConfiguration: Sendable, Equatable, Codable {
    /// One model and how much it counts.
    public struct Part: Sendable, Equatable, Codable {
        /// What is fitted.
        public var configuration: ModelConfiguration
        /// Weight of its normalised scores.
        public var weight: Float

        /// A part.
        public init(_ configuration: ModelConfiguration, weight: Float) {
            self.configuration = configuration
            self.weight = weight
        }
    }

    /// The models in order.
    public var parts: [Part]
    /// How scores are brought to a common scale.
    public var normalization: HybridRecommender.Normalization

    /// A hybrid of at least one part (precondition).
    public init(_ parts: [Part], normalization: HybridRecommender.Normalization = .maximum) {
        precondition(!parts.isEmpty, "a hybrid needs at least one part")
        self.parts = parts
        self.normalization = normalization
    }
}

/// The model of a ``DemandWeighted`` before it is fitted.
public struct DemandConfiguration: Sendable, Equatable, Codable {
    /// What is fitted.
    public var configuration: ModelConfiguration
    /// How demand is measured.
    public var demand: DemandRatio.Options

    /// A model whose scores are weighed by demand.
    public init(_ configuration: ModelConfiguration, demand: DemandRatio.Options = DemandRatio.Options()) {
        self.configuration = configuration
        self.demand = demand
    }
}
