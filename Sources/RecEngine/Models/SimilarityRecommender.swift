/// A recommender whose score is a sum over the profile: an entry's weight times its item's similarity to the scored one.
///
/// What differs from model to model is how similarity is fitted and how the profile is weighed. Lists, evidence and
/// similar items follow from these two and are exact.
public protocol SimilarityRecommender: Recommender {
    /// Similarities, items × items: row p holds what profile item p gives to other items. No diagonal.
    var similarity: CSRMatrix { get }

    /// Replaces `weights` by one weight for each entry of the profile; an entry of weight 0 gives nothing.
    func weigh(_ profile: Profile, into weights: inout [Float])
}

extension SimilarityRecommender {
    /// Number of items.
    public var itemCount: Int { similarity.rowCount }

    /// A workspace for this model: about 5 bytes an item.
    public func makeScratch() -> Scratch { Scratch(itemCount: itemCount) }

    /// Writes all scores. Cost: O(items + profile × neighbours).
    public func writeScores(for profile: Profile, to scores: inout [Float], scratch: inout Scratch) {
        addNeighbours(of: profile, scratch: &scratch)
        scratch.items.write(to: &scores)
    }

    /// The profile's weights times the similarities. Cost: O(profile · log neighbours).
    public func contributions(to item: Int32, profile: Profile, scratch: inout Scratch) -> [Float]? {
        let similarity = similarity
        guard similarity.hasRow(item) else { return [Float](repeating: 0, count: profile.count) }
        weigh(profile, into: &scratch.weights)
        return zip(profile.entries, scratch.weights).map { entry, weight in
            similarity.hasRow(entry.item) ? weight * similarity.value(row: Int(entry.item), column: item) : 0
        }
    }

    /// Appends the best items for a profile. Cost: O(profile × neighbours).
    public func appendRecommendations(
        for profile: Profile,
        selection: Selection,
        to list: inout [ScoredItem],
        scratch: inout Scratch
    ) {
        addNeighbours(of: profile, scratch: &scratch)
        scratch.selectTop(selection, profile: profile, into: &list)
    }

    /// Appends the exact evidence. Cost: O(profile × neighbours) for each 255 items of the list, about as much as
    /// scoring.
    public func appendEvidence(
        for list: ArraySlice<ScoredItem>,
        profile: Profile,
        to evidence: inout [Evidence?],
        scratch: inout Scratch
    ) {
        let similarity = similarity
        weigh(profile, into: &scratch.weights)
        var rest = list
        while !rest.isEmpty {
            let part = rest.prefix(Contributions.capacity)
            rest = rest.dropFirst(part.count)
            scratch.contributions.begin(part)
            for (entry, weight) in zip(profile.entries, scratch.weights)
            where weight != 0 && similarity.hasRow(entry.item) {
                scratch.contributions.add(similarity, row: Int(entry.item), weight: weight, item: entry.item)
            }
            scratch.contributions.finish(part, into: &evidence)
        }
    }

    /// The neighbours of an item, best first. Cost: O(neighbours · log count).
    public func similarItems(to item: Int32, count: Int, allowing: ItemSet?) -> [ScoredItem] {
        let similarity = similarity
        guard similarity.hasRow(item) else { return [] }
        var top = TopK()
        top.reset(capacity: min(count, itemCount))
        for position in similarity.entries(ofRow: Int(item)) {
            let other = similarity.indices[position]
            if let allowing, !allowing.contains(other) { continue }
            top.offer(ScoredItem(item: other, score: similarity.values[position]))
        }
        return top.drained()
    }

    /// Sums the similarities to the profile's items in the scratch.
    private func addNeighbours(of profile: Profile, scratch: inout Scratch) {
        weigh(profile, into: &scratch.weights)
        scratch.items.add(similarity, rows: profile.entries, weights: scratch.weights)
    }
}

extension CSRMatrix {
    /// Whether an item is one of the rows.
    @inline(__always)
    func hasRow(_ item: Int32) -> Bool { item >= 0 && Int(item) < rowCount }

    /// A square matrix of an archive.
    init(squareOf archive: NPZArchive) throws(ArchiveError) {
        try self.init(archive: archive)
        guard rowCount == columnCount else {
            throw ArchiveError(.wrongShape, "shape", "similarities must be square")
        }
    }
}
