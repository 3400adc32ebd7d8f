extension ModelConfiguration {
    /// Refuses what the options' own initialisers would have refused: a configuration that was decoded, or set by name
    /// field after field, has not met them.
    /// - Throws: ``TunableFieldError`` with the name of the field.
    public func check() throws(TunableFieldError) {
        for (name, value) in parameters { _ = try setting(name, to: value) }
        switch self {
        case .popularity(let options): try options.checkFault()
        case .userKNN(let options): try options.checkFault()
        case .itemKNN(let options): try options.checkFault()
        case .rp3Beta(let options): try options.checkFault()
        case .ease(let options): try options.checkFault()
        case .implicitALS(let options): try options.checkFault()
        case .truncatedSVD(let options): try options.checkFault()
        case .content(let options): try options.checkFault()
        case .session(let options): try options.checkFault()
        case .basket(let options): try options.checkFault()
        case .ownHistory(let options): try options.checkFault()
        case .hybrid(let hybrid):
            guard !hybrid.parts.isEmpty else { throw .invalid(name: "parts", rule: "must be at least one") }
            for (place, part) in hybrid.parts.enumerated() { try part.configuration.check(under: "part\(place).") }
        case .demandWeighted(let weighted):
            try weighted.configuration.check()
            if let fault = weighted.demand.fault { throw fault.under("demand.") }
        }
    }

    private func check(under prefix: String) throws(TunableFieldError) {
        do {
            try check()
        } catch {
            throw error.under(prefix)
        }
    }
}

extension TunableOptions {
    fileprivate func checkFault() throws(TunableFieldError) {
        if let fault { throw fault }
    }
}

/// Faults of optional half-lives: 0 by name is none, but a half-life of 0 is no number to divide by.
private func faultOfHalfLives(_ halfLives: (name: String, value: Double?)...) -> TunableFieldError? {
    let broken = halfLives.first { !($0.value.map { $0 > 0 } ?? true) }
    return broken.map { .invalid(name: $0.name, rule: "must be above 0, or left out for no decay") }
}

extension PopularityModel.Options {
    /// What is wrong with the fields together.
    public var fault: TunableFieldError? { faultOfHalfLives(("halfLife", halfLife)) }
}

extension UserKNN.Options {
    /// What is wrong with the fields together.
    public var fault: TunableFieldError? { faultOfHalfLives(("halfLife", halfLife)) }
}

extension ItemKNN.Options {
    /// What is wrong with the fields together.
    public var fault: TunableFieldError? { faultOfHalfLives(("halfLife", halfLife)) }
}

extension RP3Beta.Options {
    /// What is wrong with the fields together.
    public var fault: TunableFieldError? { faultOfHalfLives(("halfLife", halfLife)) }
}

extension EASE.Options {
    /// What is wrong with the fields together.
    public var fault: TunableFieldError? {
        guard regularization > 0 || relativeRegularization > 0 else {
            return .invalid(name: "regularization", rule: "and relative_regularization must not both be 0")
        }
        guard memoryLimit >= 0 else { return .invalid(name: "memoryLimit", rule: "must be at least 0") }
        return faultOfHalfLives(("fitHalfLife", fitHalfLife), ("halfLife", halfLife))
    }
}

extension ImplicitALS.Options {
    /// What is wrong with the fields together.
    public var fault: TunableFieldError? {
        guard saturation.map({ $0 >= 0 && $0.isFinite }) ?? true else {
            return .invalid(name: "saturation", rule: "must be at least 0")
        }
        return faultOfHalfLives(("fitHalfLife", fitHalfLife), ("halfLife", halfLife))
    }
}

extension TruncatedSVD.Options {
    /// What is wrong with the fields together.
    public var fault: TunableFieldError? {
        guard (0...4_096).contains(oversampling) else {
            return .invalid(name: "oversampling", rule: "must be 0 to 4096, not \(oversampling)")
        }
        return faultOfHalfLives(("halfLife", halfLife))
    }
}

extension ContentModel.Options {
    /// What is wrong with the fields together.
    public var fault: TunableFieldError? { faultOfHalfLives(("halfLife", halfLife)) }
}

extension SessionModel.Options {
    /// What is wrong with the fields together.
    public var fault: TunableFieldError? { gap > 0 ? nil : .invalid(name: "gap", rule: "must be above 0, not \(gap)") }
}

extension BasketModel.Options {
    /// Nothing: all fields can be set by name.
    public var fault: TunableFieldError? { nil }
}

extension OwnHistory.Options {
    /// What is wrong with the fields together.
    public var fault: TunableFieldError? {
        if case .saturated(let s) = form, !(s >= 0 && s.isFinite) {
            return .invalid(name: "form", rule: "must have a saturation of at least 0, not \(s)")
        }
        guard repeatPrior.map({ $0 > 0 && $0.isFinite }) ?? true else {
            return .invalid(name: "repeatPrior", rule: "must be above 0, or left out")
        }
        return faultOfHalfLives(("halfLife", halfLife))
    }
}

extension DemandRatio.Options {
    /// What is wrong with the fields together.
    public var fault: TunableFieldError? {
        guard longHalfLife > recentHalfLife else {
            return .invalid(
                name: "long_half_life_days",
                rule: "must be above recent_half_life_days, which is \(recentHalfLife / 86_400)"
            )
        }
        return nil
    }
}
