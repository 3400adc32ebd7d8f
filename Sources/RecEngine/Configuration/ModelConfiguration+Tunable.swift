extension ModelConfiguration {
    /// Names of the options that can be set, with the values they have, in the order in which they are shown.
    ///
    /// A hybrid has its parts' options under `part0.`, `part1.`, … and their weights as `part0.weight`; a model weighed
    /// by demand has its own options and those of the ratio under `demand.`.
    public var parameters: [(name: String, value: Double)] {
        switch self {
        case .popularity(let options): options.parameters
        case .userKNN(let options): options.parameters
        case .itemKNN(let options): options.parameters
        case .rp3Beta(let options): options.parameters
        case .ease(let options): options.parameters
        case .implicitALS(let options): options.parameters
        case .truncatedSVD(let options): options.parameters
        case .content(let options): options.parameters
        case .session(let options): options.parameters
        case .basket(let options): options.parameters
        case .ownHistory(let options): options.parameters
        case .hybrid(let hybrid):
            hybrid.parts.enumerated().flatMap { place, part in
                [(name: "part\(place).weight", value: Double(part.weight))]
                    + part.configuration.parameters.map { (name: "part\(place).\($0.name)", value: $0.value) }
            }
        case .demandWeighted(let weighted):
            weighted.configuration.parameters
                + weighted.demand.parameters.map { (name: "demand.\($0.name)", value: $0.value) }
        }
    }

    /// The same model with one option changed.
    /// - Throws: ``TunableFieldError`` for a name that the algorithm does not have or a value that makes no sense.
    public func setting(_ name: String, to value: Double) throws(TunableFieldError) -> ModelConfiguration {
        switch self {
        case .popularity(let options): .popularity(try options.setting(name, to: value, of: algorithm))
        case .userKNN(let options): .userKNN(try options.setting(name, to: value, of: algorithm))
        case .itemKNN(let options): .itemKNN(try options.setting(name, to: value, of: algorithm))
        case .rp3Beta(let options): .rp3Beta(try options.setting(name, to: value, of: algorithm))
        case .ease(let options): .ease(try options.setting(name, to: value, of: algorithm))
        case .implicitALS(let options): .implicitALS(try options.setting(name, to: value, of: algorithm))
        case .truncatedSVD(let options): .truncatedSVD(try options.setting(name, to: value, of: algorithm))
        case .content(let options): .content(try options.setting(name, to: value, of: algorithm))
        case .session(let options): .session(try options.setting(name, to: value, of: algorithm))
        case .basket(let options): .basket(try options.setting(name, to: value, of: algorithm))
        case .ownHistory(let options): .ownHistory(try options.setting(name, to: value, of: algorithm))
        case .hybrid(let hybrid): .hybrid(try hybrid.setting(name, to: value, known: parameters.map(\.name)))
        case .demandWeighted(let weighted): .demandWeighted(try weighted.setting(name, to: value))
        }
    }
}

extension TunableOptions {
    /// The fields with their values.
    var parameters: [(name: String, value: Double)] {
        Self.tunable.filter { $0.isThere(self) }.map { ($0.name, $0.get(self)) }
    }

    func setting(_ name: String, to value: Double, of algorithm: String) throws(TunableFieldError) -> Self {
        guard let field = Self.tunable.first(where: { $0.name == name && $0.isThere(self) }) else {
            throw .unknown(name: name, algorithm: algorithm, known: parameters.map(\.name))
        }
        guard field.accepts(value) else {
            throw .outOfRange(name: name, value: value, range: field.range, isWhole: field.isWhole)
        }
        var changed = self
        field.set(&changed, value)
        return changed
    }
}

extension DemandConfiguration {
    fileprivate func setting(_ name: String, to value: Double) throws(TunableFieldError) -> DemandConfiguration {
        var changed = self
        if name.hasPrefix("demand.") {
            let field = String(name.dropFirst("demand.".count))
            do {
                changed.demand = try demand.setting(field, to: value, of: DemandWeighted.algorithm)
            } catch {
                throw error.under("demand.")
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
        for place in parts.indices {
            let prefix = "part\(place)."
            guard name.hasPrefix(prefix) else { continue }
            let field = String(name.dropFirst(prefix.count))
            if field == "weight" {
                guard (0...1e6).contains(value) else {
                    throw .outOfRange(name: name, value: value, range: 0...1e6, isWhole: false)
                }
                changed.parts[place].weight = Float(value)
                return changed
            }
            do {
                changed.parts[place].configuration = try parts[place].configuration.setting(field, to: value)
            } catch {
                throw error.under(prefix)
            }
            return changed
        }
        throw .unknown(name: name, algorithm: HybridRecommender.algorithm, known: known)
    }
}
