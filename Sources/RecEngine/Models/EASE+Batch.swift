extension EASE {
    /// Appends the lists of many users at once: for each block of columns all users' scores, so that the block comes from
    /// memory once and not once a profile entry. The same lists as one by one, to the bit.
    ///
    /// Cost: O(profile entries × items); working memory 8 bytes an entry and 8 a place in the lists.
    public func appendRecommendations(
        rows: Range<Int>,
        of profiles: ProfileTable,
        hidden: HiddenItems?,
        selection: Selection,
        to list: inout [ScoredItem],
        lengths: inout [Int],
        scratch: inout Scratch
    ) {
        let count = min(selection.count, itemCount)
        guard count > 0, count <= Self.longestBatchList else {
            var selection = selection
            for row in rows {
                if let hidden { selection.hidden = hidden[row] }
                let start = list.count
                appendRecommendations(for: profiles[row], selection: selection, to: &list, scratch: &scratch)
                lengths.append(list.count - start)
            }
            return
        }
        var batch = EASEBatch(self, rows: rows, of: profiles, count: count, scratch: &scratch)
        for column in stride(from: 0, to: itemCount, by: EASEBatch.width) {
            batch.offer(column..<min(column + EASEBatch.width, itemCount), weights, selection, profiles, hidden)
        }
        batch.append(to: &list, lengths: &lengths)
    }

    /// Longer lists are made one by one, because the heaps of all users at once would outgrow the caches.
    private static var longestBatchList: Int { 256 }
}

/// Users whose scores are computed together.
private struct EASEBatch {
    /// Columns of a block: 256 bytes of each row, so that 3,700 rows fit in a second-level cache of 1 MB.
    static var width: Int { 64 }

    private let rows: Range<Int>
    /// Strengths and items of all users' entries that count, and the offsets of the users.
    private var strengths: [Float] = []
    private var items: [Int32] = []
    private var offsets = [0]
    /// The next entry of each user's profile that may be left out of the list.
    private var next: [Int]
    private var sums = [Float](repeating: 0, count: width)
    private var table: TopKTable

    init(_ model: EASE, rows: Range<Int>, of profiles: ProfileTable, count: Int, scratch: inout Scratch) {
        self.rows = rows
        next = rows.map { profiles.indptr[$0] }
        table = TopKTable(rows: rows.count, k: count)
        for row in rows {
            let profile = profiles[row]
            model.weigh(profile, into: &scratch.weights)
            for (entry, strength) in zip(profile.entries, scratch.weights) where strength != 0 {
                strengths.append(strength)
                items.append(entry.item)
            }
            offsets.append(items.count)
        }
    }

    /// Scores a block of columns for all users and offers what the selection admits.
    mutating func offer(
        _ columns: Range<Int>,
        _ weights: DenseMatrix,
        _ selection: Selection,
        _ profiles: ProfileTable,
        _ hidden: HiddenItems?
    ) {
        var selection = selection
        for user in 0..<rows.count where offsets[user] < offsets[user + 1] {
            if let hidden { selection.hidden = hidden[rows.lowerBound + user] }
            let entries = offsets[user]..<offsets[user + 1]
            weights.combineRows(items, weights: strengths, entries, columns: columns, into: &sums)
            if selection.excludesProfile { clearProfile(user, columns, profiles) }
            var threshold = table.thresholds[user]
            for place in 0..<columns.count where sums[place] >= threshold {
                let item = Int32(truncatingIfNeeded: columns.lowerBound + place)
                guard selection.admits(item) else { continue }
                table.insert(item, score: sums[place], row: user)
                threshold = table.thresholds[user]
            }
        }
    }

    /// Sets the scores of the profile's own items to 0. Entries ascend, and so do the blocks.
    private mutating func clearProfile(_ user: Int, _ columns: Range<Int>, _ profiles: ProfileTable) {
        let end = profiles.indptr[rows.lowerBound + user + 1]
        while next[user] < end, profiles.entries[next[user]].item < columns.upperBound {
            let place = Int(profiles.entries[next[user]].item) - columns.lowerBound
            if place >= 0 { sums[place] = 0 }
            next[user] += 1
        }
    }

    /// Appends the lists.
    func append(to list: inout [ScoredItem], lengths: inout [Int]) {
        for user in 0..<rows.count {
            let best = table.list(ofRow: user)
            list += best
            lengths.append(best.count)
        }
    }
}
