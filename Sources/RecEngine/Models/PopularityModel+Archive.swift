extension PopularityModel {
    /// The scores, categories and options.
    public func archive() -> NPZArchive {
        var archive = NPZArchive([
            NPYArray(name: "algorithm", string: Self.algorithm),
            NPYArray(name: "scores", scores),
            NPYArray(name: "half_life", number: options.halfLife ?? 0),
        ])
        // Everyone's list without categories is stored as it always was.
        if options.scope != .everyone || !categories.isEmpty {
            archive.arrays.append(NPYArray(name: "scope", string: options.scope.rawValue))
            archive.arrays.append(NPYArray(name: "categories", categories))
        }
        return archive
    }

    /// Restores a model; refuses scores that are not finite and categories that do not fit them.
    public init(archive: NPZArchive) throws(ArchiveError) {
        try archive.require(algorithm: Self.algorithm)
        let scores = try archive.floats("scores")
        guard scores.allSatisfy(\.isFinite) else {
            throw ArchiveError(.invalidContents, "scores", "holds a value that is not finite")
        }
        var options = Options(halfLife: try archive.halfLife())
        guard archive["scope"] != nil || archive["categories"] != nil else {
            self.init(options: options, scores: scores)
            return
        }
        guard let scope = Options.Scope(rawValue: try archive.string("scope")) else {
            throw ArchiveError(.invalidContents, "scope", "is not known")
        }
        options.scope = scope
        let categories = try archive.int32s("categories")
        // A category is an index of a table, so there are no more of them than items that could have one.
        guard categories.count == scores.count, categories.allSatisfy({ $0 >= -1 && Int($0) < 1 << 24 }) else {
            throw ArchiveError(.invalidContents, "categories", "must be one number of −1 to 2²⁴ − 1 for each item")
        }
        self.init(options: options, scores: scores, categories: categories)
    }
}
