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
        case .hybrid: HybridRecommender.algorithm
        case .demandWeighted: DemandWeighted.algorithm
        default: options.map { type(of: $0).algorithm } ?? ""
        }
    }

    /// The options of a model of its own; nil for one that is made of others.
    var options: (any ModelOptions)? {
        switch self {
        case .popularity(let options): options
        case .userKNN(let options): options
        case .itemKNN(let options): options
        case .rp3Beta(let options): options
        case .ease(let options): options
        case .implicitALS(let options): options
        case .truncatedSVD(let options): options
        case .content(let options): options
        case .session(let options): options
        case .basket(let options): options
        case .ownHistory(let options): options
        case .hybrid, .demandWeighted: nil
        }
    }

    /// The options of all models that are not made of others.
    static let kinds: [any ModelOptions.Type] = [
        PopularityModel.Options.self, UserKNN.Options.self, ItemKNN.Options.self, RP3Beta.Options.self,
        EASE.Options.self, ImplicitALS.Options.self, TruncatedSVD.Options.self, ContentModel.Options.self,
        SessionModel.Options.self, BasketModel.Options.self, OwnHistory.Options.self,
    ]

    /// Whether the model lists nothing but what a customer has met.
    public var listsOwnItemsOnly: Bool {
        leaves.allSatisfy { if case .ownHistory = $0 { true } else { false } }
    }

    /// Whether the model cannot be fitted without features of the items.
    public var needsFeatures: Bool {
        leaves.contains { if case .content = $0 { true } else { false } }
    }

    /// The models of their own that the model is made of; itself when it is one.
    private var leaves: [ModelConfiguration] {
        switch self {
        case .hybrid(let hybrid): hybrid.parts.flatMap(\.configuration.leaves)
        case .demandWeighted(let demand): demand.configuration.leaves
        default: [self]
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

extension ModelConfiguration {
    /// Refuses what the options' own initialisers would have refused: a configuration that was decoded, or set by name
    /// field after field, has not met them.
    /// - Throws: ``TunableFieldError`` with the name of the field.
    public func check() throws(TunableFieldError) {
        for (name, value) in parameters { _ = try setting(name, to: value) }
        switch self {
        case .hybrid(let hybrid):
            guard !hybrid.parts.isEmpty else { throw .invalid(name: "parts", rule: "must be at least one") }
            for (position, part) in hybrid.parts.enumerated() {
                try under("part\(position).", part.configuration.check)
            }
        case .demandWeighted(let weighted):
            try weighted.configuration.check()
            try under("demand.", weighted.demand.checkFault)
        default: try options?.checkFault()
        }
    }

    /// Names of the options that can be set, with the values they have, in the order in which they are shown.
    ///
    /// A hybrid has its parts' options under `part0.`, `part1.`, … and their weights as `part0.weight`; a model weighed
    /// by demand has its own options and those of the ratio under `demand.`.
    public var parameters: [(name: String, value: Double)] {
        switch self {
        case .hybrid(let hybrid):
            hybrid.parts.enumerated().flatMap { position, part in
                [(name: "part\(position).weight", value: Double(part.weight))]
                    + part.configuration.parameters.map { (name: "part\(position).\($0.name)", value: $0.value) }
            }
        case .demandWeighted(let weighted):
            weighted.configuration.parameters
                + weighted.demand.parameters.map { (name: "demand.\($0.name)", value: $0.value) }
        default: options?.parameters ?? []
        }
    }

    /// The same model with one option changed.
    /// - Throws: ``TunableFieldError`` for a name that the algorithm does not have or a value that makes no sense.
    public func setting(_ name: String, to value: Double) throws(TunableFieldError) -> ModelConfiguration {
        switch self {
        case .hybrid(let hybrid): .hybrid(try hybrid.setting(name, to: value, known: parameters.map(\.name)))
        case .demandWeighted(let weighted): .demandWeighted(try weighted.setting(name, to: value))
        default: try options?.configuration(setting: name, to: value) ?? self
        }
    }
}

/// Does something with a part whose fields' names begin with a prefix, in errors too.
private func under<Result>(
    _ prefix: String,
    _ body: () throws(TunableFieldError) -> Result
) throws(TunableFieldError) -> Result {
    do { return try body() } catch { throw error.under(prefix) }
}

extension ModelOptions {
    fileprivate func configuration(setting name: String, to value: Double) throws(TunableFieldError)
        -> ModelConfiguration
    {
        try setting(name, to: value, of: Self.algorithm).configuration
    }
}

extension DemandConfiguration {
    fileprivate func setting(_ name: String, to value: Double) throws(TunableFieldError) -> DemandConfiguration {
        var changed = self
        if name.hasPrefix("demand.") {
            let field = String(name.dropFirst("demand.".count))
            changed.demand = try under("demand.") { () throws(TunableFieldError) in
                try demand.setting(field, to: value, of: DemandWeighted.algorithm)
            }
        } else {
            changed.configuration = try configuration.setting(name, to: value)
        }
        return changed
    }
}

extension HybridConfiguration {
    fileprivate func setting(
        _ name: String,
        to value: Double,
        known: [String]
    ) throws(TunableFieldError) -> HybridConfiguration {
        var changed = self
        for position in parts.indices {
            let prefix = "part\(position)."
            guard name.hasPrefix(prefix) else { continue }
            let field = String(name.dropFirst(prefix.count))
            if field == "weight" {
                guard (0...1e6).contains(value) else {
                    throw .outOfRange(name: name, value: value, range: 0...1e6, isWhole: false)
                }
                changed.parts[position].weight = Float(value)
                return changed
            }
            changed.parts[position].configuration = try under(prefix) { () throws(TunableFieldError) in
                try parts[position].configuration.setting(field, to: value)
            }
            return changed
        }
        throw .unknown(name: name, algorithm: HybridRecommender.algorithm, known: known)
    }
}

extension ModelConfiguration: Codable {
    private enum CodingKeys: String, CodingKey {
        case algorithm, options
    }

    /// Reads an algorithm and its options. An algorithm that is not known and an option whose value makes no sense are
    /// errors that name them: what is read here may come from a file that a person has edited.
    public init(from decoder: any Decoder) throws {
        try self.init(unchecked: decoder)
        do {
            try check()
        } catch {
            let context = DecodingError.Context(codingPath: decoder.codingPath, debugDescription: "\(error)")
            throw DecodingError.dataCorrupted(context)
        }
    }

    private init(unchecked decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        switch try container.decode(String.self, forKey: .algorithm) {
        case HybridRecommender.algorithm:
            self = .hybrid(try container.decode(HybridConfiguration.self, forKey: .options))
        case DemandWeighted.algorithm:
            self = .demandWeighted(try container.decode(DemandConfiguration.self, forKey: .options))
        case let algorithm:
            guard let kind = Self.kinds.first(where: { $0.algorithm == algorithm }) else {
                throw DecodingError.dataCorruptedError(
                    forKey: .algorithm,
                    in: container,
                    debugDescription: "\(algorithm) is no algorithm of this engine"
                )
            }
            self = try container.decode(kind, forKey: .options).configuration
        }
    }

    /// Writes the algorithm and its options.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(algorithm, forKey: .algorithm)
        switch self {
        case .hybrid(let hybrid): try container.encode(hybrid, forKey: .options)
        case .demandWeighted(let weighted): try container.encode(weighted, forKey: .options)
        default: if let options { try container.encode(options, forKey: .options) }
        }
    }
}
