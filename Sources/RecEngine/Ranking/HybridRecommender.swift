import CKernels

/// A weighted sum of other models' scores, each brought to a common scale first.
///
/// Burke, "Hybrid recommender systems: survey and experiments" (UMUAI 2002), weighted hybrid. A part's scores are divided
/// by one number a profile, so a sum over the profile stays one: if the parts are linear, so is the hybrid, and its
/// contributions add up to the score.
public struct HybridRecommender: Recommender {
    /// Stored name of the algorithm.
    public static let algorithm = "hybrid"

    /// What a part's scores are divided by, for one profile, so that no model wins by the size of its numbers. Both
    /// are taken over the items outside the profile: a model may score the profile's own items on another level.
    public enum Normalization: String, Sendable, Codable, CaseIterable {
        /// The largest magnitude: scores lie in −1 … 1.
        case maximum
        /// The standard deviation. The mean is not subtracted: it is the same for all items, and without it a score
        /// stays a sum over the profile.
        case standardDeviation = "standard_deviation"
        /// 1: scores are added as they are.
        case none
    }

    /// One model and how much it counts.
    public struct Part: Sendable {
        /// The model.
        public let model: any Recommender
        /// Its weight; the sum of the weights does not matter.
        public let weight: Float

        /// A model with its weight.
        public init(_ model: any Recommender, weight: Float) {
            precondition(weight.isFinite && weight >= 0, "a weight must be at least 0")
            self.model = model
            self.weight = weight
        }
    }

    /// The models in the order they were given.
    public let parts: [Part]
    /// How scores are brought to a common scale.
    public let normalization: Normalization

    /// Number of items, the same for all parts.
    public var itemCount: Int { parts[0].model.itemCount }

    /// A hybrid of at least one part; all parts rank the same items (precondition).
    public init(_ parts: [Part], normalization: Normalization = .maximum) {
        precondition(!parts.isEmpty, "a hybrid needs at least one part")
        precondition(parts.allSatisfy { $0.model.itemCount == parts[0].model.itemCount }, "parts differ in items")
        self.parts = parts
        self.normalization = normalization
    }

    /// The plan's blend: 0.6 of what similar customers chose and 0.4 of what the products say about themselves.
    public init(collaborative: any Recommender, content: any Recommender) {
        self.init([Part(collaborative, weight: 0.6), Part(content, weight: 0.4)])
    }

    /// The hybrid of the parts at that age.
    public func aged(by seconds: Double) -> HybridRecommender {
        HybridRecommender(
            parts.map { Part($0.model.aged(by: seconds), weight: $0.weight) },
            normalization: normalization
        )
    }

    /// A workspace that holds those of the parts.
    public func makeScratch() -> Scratch { Scratch(parts: parts.map { $0.model.makeScratch() }) }

    /// Writes the blended scores. Cost: that of all parts and O(parts × items).
    public func writeScores(for profile: Profile, to scores: inout [Float], scratch: inout Scratch) {
        precondition(scores.count == itemCount, "one score an item")
        for item in scores.indices { scores[item] = 0 }
        forEachPart(profile, &scratch) { place, factor, partScores, _ in
            guard factor != 0 else { return }
            Self.add(partScores, times: factor, to: &scores)
        }
    }

    /// Sums of the parts' scores of some items, where these are added as they are; a scale needs the scores of all.
    public func scores(of items: ArraySlice<Int32>, for profile: Profile, scratch: inout Scratch) -> [Float] {
        guard normalization == .none else { return pick(items, profile, &scratch) }
        var sums = [Float](repeating: 0, count: items.count)
        for (place, part) in parts.enumerated() where part.weight != 0 {
            let scores = part.model.scores(of: items, for: profile, scratch: &scratch.parts[place])
            for position in sums.indices { sums[position] += part.weight * scores[position] }
        }
        return sums
    }

    /// The sums of the parts' contributions; nil when no part has any.
    ///
    /// A part without contributions, such as popularity, is left to the remainder of the explanation.
    public func contributions(to item: Int32, profile: Profile, scratch: inout Scratch) -> [Float]? {
        var sums = [Float](repeating: 0, count: profile.count)
        let isSum = addContributions(to: [item], profile: profile, factor: 1, sums: &sums, scratch: &scratch)
        return isSum ? sums : nil
    }

    /// The same of several items. The parts are scored once for all of them, where a scale needs their scores.
    public func addContributions(
        to items: ArraySlice<Int32>,
        profile: Profile,
        factor: Float,
        sums: inout [Float],
        scratch: inout Scratch
    ) -> Bool {
        var isSum = false
        func add(_ place: Int, _ weight: Float, _ scratch: inout Scratch) {
            let isPartSum = parts[place].model.addContributions(
                to: items,
                profile: profile,
                factor: factor * weight,
                sums: &sums,
                scratch: &scratch
            )
            isSum = isSum || isPartSum
        }
        guard normalization != .none else {
            // Scores that are added as they are need no scale.
            for place in parts.indices { add(place, parts[place].weight, &scratch.parts[place]) }
            return isSum
        }
        forEachPart(profile, &scratch) { place, weight, _, partScratch in add(place, weight, &partScratch) }
        return isSum
    }

    /// Weighted mean, in the parts' weights, of each part's similarities divided by its largest.
    public func similarItems(to item: Int32, count: Int, allowing: ItemSet?) -> [ScoredItem] {
        var sums: [Int32: Float] = [:]
        for part in parts {
            // Some way beyond the list: an item may be high in the sum without being at the front of a part.
            let neighbours = part.model.similarItems(to: item, count: 4 * count + 100, allowing: allowing)
            guard let largest = neighbours.first?.score, largest > 0 else { continue }
            for neighbour in neighbours {
                sums[neighbour.item, default: 0] += part.weight * neighbour.score / largest
            }
        }
        var top = TopK()
        top.reset(capacity: min(count, itemCount))
        for (other, sum) in sums { top.offer(ScoredItem(item: other, score: sum)) }
        return top.drained()
    }

    /// Scores each part and hands it over with the factor of its scores: weight over scale, 0 for a part that has
    /// nothing to say.
    private func forEachPart(
        _ profile: Profile,
        _ scratch: inout Scratch,
        _ body: (_ place: Int, _ factor: Float, _ scores: [Float], _ scratch: inout Scratch) -> Void
    ) {
        var scores = scratch.takeScores(count: itemCount)
        for (place, part) in parts.enumerated() {
            part.model.writeScores(for: profile, to: &scores, scratch: &scratch.parts[place])
            let scale = scale(of: scores, profile: profile)
            body(place, scale > 0 ? part.weight / scale : 0, scores, &scratch.parts[place])
        }
        scratch.giveBack(scores: scores)
    }

    private func scale(of scores: borrowing [Float], profile: Profile) -> Float {
        switch normalization {
        case .none: 1
        case .maximum: Self.largestMagnitude(scores, outside: profile)
        case .standardDeviation: Self.standardDeviation(scores, outside: profile)
        }
    }
}

/// The scales of a hybrid's parts: one pass over the runs of items between the profile's own.
extension HybridRecommender {
    static func largestMagnitude(_ scores: borrowing [Float], outside profile: Profile) -> Float {
        let scores = scores.span
        // The bits of a magnitude ascend as it does, and whole numbers are compared several at a time.
        var largest: Int32 = 0
        forEachRun(outside: profile, count: scores.count) { run in
            for item in run {
                largest = max(largest, Int32(bitPattern: scores[unchecked: item].bitPattern & 0x7FFF_FFFF))
            }
        }
        let magnitude = Float(bitPattern: UInt32(bitPattern: largest))
        return magnitude.isFinite ? magnitude : 0
    }

    static func standardDeviation(_ scores: borrowing [Float], outside profile: Profile) -> Float {
        let scores = scores.span
        var (sum, squares, count) = (0.0, 0.0, 0.0)
        forEachRun(outside: profile, count: scores.count) { run in
            for item in run {
                let score = Double(scores[item])
                sum += score
                squares += score * score
            }
            count += Double(run.count)
        }
        guard count > 0 else { return 0 }
        let mean = sum / count
        return Float(max(0, squares / count - mean * mean).squareRoot())
    }

    /// Adds `factor` times some scores to others.
    static func add(_ scores: borrowing [Float], times factor: Float, to sums: inout [Float]) {
        let count = sums.count
        precondition(scores.count == count, "one score an item")
        scores.withUnsafeBufferPointer { scores in
            sums.withUnsafeMutableBufferPointer { sums in
                guard let from = scores.baseAddress, let to = sums.baseAddress else { return }
                ck_axpy(factor, from, to, count)
            }
        }
    }

    private static func forEachRun(outside profile: Profile, count: Int, _ body: (Range<Int>) -> Void) {
        var start = 0
        for entry in profile.entries where entry.item >= 0 && Int(entry.item) < count {
            body(start..<Int(entry.item))
            start = Int(entry.item) + 1
        }
        body(start..<count)
    }
}

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
