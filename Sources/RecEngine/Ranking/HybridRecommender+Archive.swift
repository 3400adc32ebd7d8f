extension HybridRecommender {
    /// The parts' arrays under `part0.`, `part1.`, …, with the weights beside them.
    public func archive() -> NPZArchive {
        var archive = NPZArchive([
            NPYArray(name: "algorithm", string: Self.algorithm),
            NPYArray(name: "normalization", string: normalization.rawValue),
            NPYArray(name: "weights", parts.map(\.weight)),
        ])
        for (place, part) in parts.enumerated() {
            archive.append(part.model.archive(), under: "part\(place).")
        }
        return archive
    }

    /// Restores a model; each part checks its own arrays, and a part may be a hybrid itself.
    public init(archive: NPZArchive) throws(ArchiveError) {
        try archive.require(algorithm: Self.algorithm)
        let name = try archive.string("normalization")
        guard let normalization = Normalization(rawValue: name) else {
            throw ArchiveError(.invalidContents, "normalization", "is \(name), which is not known")
        }
        let weights = try archive.floats("weights")
        guard !weights.isEmpty, weights.allSatisfy({ $0.isFinite && $0 >= 0 }) else {
            throw ArchiveError(.invalidContents, "weights", "must be at least one finite number of at least 0")
        }
        var parts: [Part] = []
        for (place, weight) in weights.enumerated() {
            let model = try archive.part("part\(place).").recommender()
            guard parts.isEmpty || model.itemCount == parts[0].model.itemCount else {
                throw ArchiveError(
                    .wrongShape,
                    "part\(place)",
                    "has \(model.itemCount) items, the first part another number"
                )
            }
            parts.append(Part(model, weight: weight))
        }
        self.init(parts, normalization: normalization)
    }
}
