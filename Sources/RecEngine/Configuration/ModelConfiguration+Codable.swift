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
        func options<Options: Decodable>(_ type: Options.Type) throws -> Options {
            try container.decode(type, forKey: .options)
        }
        let algorithm = try container.decode(String.self, forKey: .algorithm)
        switch algorithm {
        case PopularityModel.algorithm: self = .popularity(try options(PopularityModel.Options.self))
        case UserKNN.algorithm: self = .userKNN(try options(UserKNN.Options.self))
        case ItemKNN.algorithm: self = .itemKNN(try options(ItemKNN.Options.self))
        case RP3Beta.algorithm: self = .rp3Beta(try options(RP3Beta.Options.self))
        case EASE.algorithm: self = .ease(try options(EASE.Options.self))
        case ImplicitALS.algorithm: self = .implicitALS(try options(ImplicitALS.Options.self))
        case TruncatedSVD.algorithm: self = .truncatedSVD(try options(TruncatedSVD.Options.self))
        case ContentModel.algorithm: self = .content(try options(ContentModel.Options.self))
        case SessionModel.algorithm: self = .session(try options(SessionModel.Options.self))
        case BasketModel.algorithm: self = .basket(try options(BasketModel.Options.self))
        case OwnHistory.algorithm: self = .ownHistory(try options(OwnHistory.Options.self))
        case HybridRecommender.algorithm: self = .hybrid(try options(HybridConfiguration.self))
        case DemandWeighted.algorithm: self = .demandWeighted(try options(DemandConfiguration.self))
        default:
            throw DecodingError.dataCorruptedError(
                forKey: .algorithm,
                in: container,
                debugDescription: "\(algorithm) is no algorithm of this engine"
            )
        }
    }

    /// Writes the algorithm and its options.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(algorithm, forKey: .algorithm)
        switch self {
        case .popularity(let options): try container.encode(options, forKey: .options)
        case .userKNN(let options): try container.encode(options, forKey: .options)
        case .itemKNN(let options): try container.encode(options, forKey: .options)
        case .rp3Beta(let options): try container.encode(options, forKey: .options)
        case .ease(let options): try container.encode(options, forKey: .options)
        case .implicitALS(let options): try container.encode(options, forKey: .options)
        case .truncatedSVD(let options): try container.encode(options, forKey: .options)
        case .content(let options): try container.encode(options, forKey: .options)
        case .session(let options): try container.encode(options, forKey: .options)
        case .basket(let options): try container.encode(options, forKey: .options)
        case .ownHistory(let options): try container.encode(options, forKey: .options)
        case .hybrid(let options): try container.encode(options, forKey: .options)
        case .demandWeighted(let options): try container.encode(options, forKey: .options)
        }
    }
}
