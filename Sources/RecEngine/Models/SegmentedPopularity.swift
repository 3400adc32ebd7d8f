/// What each segment of users met most, and what everyone did: a popularity model a segment.
///
/// A profile does not say to which segment its person belongs, so this is not a recommender itself: ask it for the
/// model of a segment. Items × (segments + 1) scores of memory.
public struct SegmentedPopularity: Sendable {
    /// Stored name of the algorithm.
    public static let algorithm = "segmented_popularity"

    /// The model of all users.
    public let everyone: PopularityModel
    /// The model of each segment; nil for a segment whose users met nothing.
    public let segments: [PopularityModel?]

    /// The model of a segment; everyone's for nil, for a number that is no segment and for an empty segment.
    public subscript(segment: Int?) -> PopularityModel {
        guard let segment, segments.indices.contains(segment) else { return everyone }
        return segments[segment] ?? everyone
    }

    /// Fits on interactions, each decayed from its time to `now`; one later than `now` counts in full.
    ///
    /// `segmentOfUser` holds one segment a user, −1 for none (precondition). Cost: O(rows + segments · items · log items).
    /// - Throws: ``FitError`` for a log without rows and for a weight or time that is not finite.
    public static func fit(
        _ log: InteractionLog,
        segmentOfUser: [Int32],
        categories: [Int32] = [],
        now: Double,
        options: PopularityModel.Options = PopularityModel.Options()
    ) throws(FitError) -> Self {
        precondition(segmentOfUser.count == log.userCount, "one segment a user")
        let everyone = try PopularityModel.fit(log, categories: categories, now: now, options: options)
        let origin = options.origin(of: log, now: now)
        let count = Int((segmentOfUser.max() ?? -1) + 1)
        var sums = [[Double]](repeating: [], count: count)
        for row in 0..<log.count {
            let segment = Int(segmentOfUser[Int(log.users[row])])
            guard segment >= 0 else { continue }
            if sums[segment].isEmpty { sums[segment] = [Double](repeating: 0, count: log.itemCount) }
            sums[segment][Int(log.items[row])] += options.decayed(log, row, now: origin)
        }
        let segments = sums.map { sums in
            sums.isEmpty
                ? nil : PopularityModel(options: options, scores: sums.map(Float.init), categories: categories)
        }
        return SegmentedPopularity(everyone: everyone, segments: segments)
    }

    /// Everyone's model and the scores of the segments, a row of zeros for an empty one.
    public func archive() -> NPZArchive {
        var archive = everyone.archive()
        archive.arrays.removeAll { $0.name == "algorithm" }
        archive.arrays.append(NPYArray(name: "algorithm", string: Self.algorithm))
        let zeros = [Float](repeating: 0, count: everyone.itemCount)
        let rows = segments.flatMap { $0?.scores ?? zeros }
        archive.arrays.append(
            NPYArray(name: "segments", shape: [segments.count, everyone.itemCount], storage: .float32(rows))
        )
        return archive
    }

}

extension SegmentedPopularity {
    /// Restores what ``archive()`` made; refuses scores that are not finite or of another shape.
    public init(archive: NPZArchive) throws(ArchiveError) {
        try archive.require(algorithm: Self.algorithm)
        var common = archive
        common.arrays.removeAll { $0.name == "algorithm" }
        common.arrays.append(NPYArray(name: "algorithm", string: PopularityModel.algorithm))
        let everyone = try PopularityModel(archive: common)
        let scores = try archive.floats("segments")
        guard let shape = archive["segments"]?.shape, shape.count == 2, shape[1] == everyone.itemCount else {
            throw ArchiveError(.wrongShape, "segments", "must be segments × items")
        }
        guard scores.allSatisfy(\.isFinite) else {
            throw ArchiveError(.invalidContents, "segments", "holds a value that is not finite")
        }
        let segments: [PopularityModel?] = (0..<shape[0]).map { segment in
            let row = Array(scores[segment * shape[1]..<(segment + 1) * shape[1]])
            guard row.contains(where: { $0 != 0 }) else { return nil }
            return PopularityModel(options: everyone.options, scores: row, categories: everyone.categories)
        }
        self.init(everyone: everyone, segments: segments)
    }
}
