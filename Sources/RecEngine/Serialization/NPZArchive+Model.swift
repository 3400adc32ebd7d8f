extension NPZArchive {
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
    func halfLife() throws(ArchiveError) -> Double? {
        let value = try number("half_life")
        guard value >= 0, value.isFinite else {
            throw ArchiveError(.invalidContents, "half_life", "is not a finite number of at least 0")
        }
        return value > 0 ? value : nil
    }

    /// The model of whatever algorithm the archive names.
    public func recommender() throws(ArchiveError) -> any Recommender {
        switch try string("algorithm") {
        case ItemKNN.algorithm: return try ItemKNN(archive: self)
        case UserKNN.algorithm: return try UserKNN(archive: self)
        case EASE.algorithm: return try EASE(archive: self)
        case TruncatedSVD.algorithm: return try TruncatedSVD(archive: self)
        case PopularityModel.algorithm: return try PopularityModel(archive: self)
        case let other: throw ArchiveError(.invalidContents, "algorithm", "is \(other), which is not known")
        }
    }
}
