extension NPZArchive {
    /// Adds the arrays of a model that is part of another one, their names behind a prefix.
    mutating func append(_ part: NPZArchive, under prefix: String) {
        for var array in part.arrays {
            array.name = prefix + array.name
            arrays.append(array)
        }
    }

    /// The arrays whose names begin with a prefix, without it.
    func part(_ prefix: String) -> NPZArchive {
        NPZArchive(
            arrays.filter { $0.name.hasPrefix(prefix) }
                .map { NPYArray(name: String($0.name.dropFirst(prefix.count)), shape: $0.shape, storage: $0.storage) }
        )
    }

    /// Refuses an archive of another algorithm.
    func require(algorithm: String) throws(ArchiveError) {
        let found = try string("algorithm")
        guard found == algorithm else {
            throw ArchiveError(.invalidContents, "algorithm", "is \(found), \(algorithm) was asked for")
        }
    }

    /// A whole number stored as a float, within bounds.
    func integer(_ name: String, in bounds: ClosedRange<Int>) throws(ArchiveError) -> Int {
        guard let value = Int(exactly: try number(name)), bounds.contains(value) else {
            throw ArchiveError(.invalidContents, name, "is not a whole number of \(bounds)")
        }
        return value
    }

    /// A number of at least 0 that a `Float` holds.
    func nonNegative(_ name: String) throws(ArchiveError) -> Float {
        let value = Float(try number(name))
        guard value >= 0, value.isFinite else {
            throw ArchiveError(.invalidContents, name, "is not a finite number of at least 0")
        }
        return value
    }

    /// The half-life in seconds, stored as 0 for none.
    func halfLife(_ name: String = "half_life") throws(ArchiveError) -> Double? {
        let value = try number(name)
        guard value >= 0, value.isFinite else {
            throw ArchiveError(.invalidContents, name, "is not a finite number of at least 0")
        }
        return value > 0 ? value : nil
    }

    /// The model of whatever algorithm the archive names.
    public func recommender() throws(ArchiveError) -> any Recommender {
        switch try string("algorithm") {
        case ItemKNN.algorithm: return try ItemKNN(archive: self)
        case UserKNN.algorithm: return try UserKNN(archive: self)
        case HybridRecommender.algorithm: return try HybridRecommender(archive: self)
        case DemandWeighted.algorithm: return try DemandWeighted(archive: self)
        case EASE.algorithm: return try EASE(archive: self)
        case ImplicitALS.algorithm: return try ImplicitALS(archive: self)
        case RP3Beta.algorithm: return try RP3Beta(archive: self)
        case BasketModel.algorithm: return try BasketModel(archive: self)
        case SessionModel.algorithm: return try SessionModel(archive: self)
        case OwnHistory.algorithm: return try OwnHistory(archive: self)
        case TruncatedSVD.algorithm: return try TruncatedSVD(archive: self)
        case PopularityModel.algorithm: return try PopularityModel(archive: self)
        case ContentModel.algorithm: return try ContentModel(archive: self)
        case let other: throw ArchiveError(.invalidContents, "algorithm", "is \(other), which is not known")
        }
    }
}
