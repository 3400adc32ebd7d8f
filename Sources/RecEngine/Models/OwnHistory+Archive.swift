extension OwnHistory {
    /// The shares of the items and the options.
    public func archive() -> NPZArchive {
        var archive = NPZArchive([
            NPYArray(name: "algorithm", string: Self.algorithm),
            NPYArray(name: "repeat_shares", repeatShares),
            NPYArray(name: "repeat_prior", number: options.repeatPrior ?? 0),
            NPYArray(name: "half_life", number: options.halfLife ?? 0),
        ])
        switch options.form {
        case .weight: archive.arrays.append(NPYArray(name: "form", string: "weight"))
        case .logarithm: archive.arrays.append(NPYArray(name: "form", string: "logarithm"))
        case .saturated(let s):
            archive.arrays.append(NPYArray(name: "form", string: "saturated"))
            archive.arrays.append(NPYArray(name: "saturation", number: Double(s)))
        }
        return archive
    }

    /// Restores a model; refuses shares outside 0 to 1.
    public init(archive: NPZArchive) throws(ArchiveError) {
        try archive.require(algorithm: Self.algorithm)
        let shares = try archive.floats("repeat_shares")
        guard shares.allSatisfy({ (0...1).contains($0) }) else {
            throw ArchiveError(.invalidContents, "repeat_shares", "must be numbers of 0 to 1")
        }
        let prior = try archive.number("repeat_prior")
        guard prior >= 0, prior.isFinite else {
            throw ArchiveError(.invalidContents, "repeat_prior", "is not a finite number of at least 0")
        }
        let form: Options.Form
        switch try archive.string("form") {
        case "weight": form = .weight
        case "logarithm": form = .logarithm
        case "saturated": form = .saturated(try archive.nonNegative("saturation"))
        case let other: throw ArchiveError(.invalidContents, "form", "is \(other), which is not known")
        }
        let halfLife = try archive.halfLife()
        let options = Options(form: form, halfLife: halfLife, repeatPrior: prior > 0 ? prior : nil)
        self.init(options: options, repeatShares: shares)
    }
}
