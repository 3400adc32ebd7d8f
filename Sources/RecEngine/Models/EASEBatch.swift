/// Users whose scores are computed together.
struct EASEBatch {
    /// Columns of a block: 256 bytes of each row, so that 3,700 rows fit in a second-level cache of 1 MB.
    static var width: Int { 64 }

    private let rows: Range<Int>
    /// What may be in each user's list: made once, because a copy counts references.
    private let selections: [Selection]
    /// Strengths and items of all users' entries that count, and the offsets of the users.
    private var strengths: [Float] = []
    private var items: [Int32] = []
    private var offsets = [0]
    /// The next entry of each user's profile that may be left out of the list.
    private var next: [Int]
    private var sums = [Float](repeating: 0, count: width)
    private var table: TopKTable
    /// What scores are multiplied by, and where each user's factors begin; none of both for nothing.
    private let factors: [Float]
    private let factorStarts: [Int]

    init(
        _ model: EASE,
        rows: Range<Int>,
        of profiles: ProfileTable,
        hidden: HiddenItems?,
        selection: Selection,
        count: Int,
        factors: DemandFactors?,
        scratch: inout Scratch
    ) {
        self.rows = rows
        self.factors = factors?.values ?? []
        factorStarts = factors.map { factors in rows.map { factors.start(historyOf: profiles[$0].count) } } ?? []
        selections = rows.map { row in
            var own = selection
            if let hidden { own.hidden = hidden[row] }
            return own
        }
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
    mutating func offer(_ columns: Range<Int>, _ weights: DenseMatrix, _ profiles: ProfileTable) {
        for user in 0..<rows.count where offsets[user] < offsets[user + 1] {
            let entries = offsets[user]..<offsets[user + 1]
            weights.combineRows(items, weights: strengths, entries, columns: columns, into: &sums)
            if !factors.isEmpty { Self.multiply(&sums, by: factors, from: factorStarts[user] + columns.lowerBound) }
            if selections[user].excludesProfile { clearProfile(user, columns, profiles) }
            Self.offer(sums, of: columns, selections[user], to: &table, row: user)
        }
    }

    private static func offer(
        _ sums: borrowing [Float],
        of columns: Range<Int>,
        _ selection: borrowing Selection,
        to table: inout TopKTable,
        row: Int
    ) {
        let sums = sums.span
        var threshold = table.thresholds[row]
        for place in 0..<columns.count where sums[place] >= threshold {
            let item = Int32(truncatingIfNeeded: columns.lowerBound + place)
            guard selection.admits(item) else { continue }
            table.insert(item, score: sums[place], row: row)
            threshold = table.thresholds[row]
        }
    }

    private static func multiply(_ sums: inout [Float], by factors: borrowing [Float], from start: Int) {
        let factors = factors.span
        var sums = sums.mutableSpan
        for place in 0..<min(width, factors.count - start) { sums[place] *= factors[start + place] }
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
