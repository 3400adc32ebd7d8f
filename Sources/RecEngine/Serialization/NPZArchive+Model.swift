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

    /// The model of whatever algorithm the archive names.
    public func recommender() throws(ArchiveError) -> any Recommender {
        switch try string("algorithm") {
        case ItemKNN.algorithm: return try ItemKNN(archive: self)
        case UserKNN.algorithm: return try UserKNN(archive: self)
        case PopularityModel.algorithm: return try PopularityModel(archive: self)
        case let other: throw ArchiveError(.invalidContents, "algorithm", "is \(other), which is not known")
        }
    }
}
