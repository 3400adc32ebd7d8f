extension SparseAccumulator {
    /// Adds `weight` times a row of a matrix whose columns are places of this vector.
    mutating func add(_ matrix: CSRMatrix, row: Int, weight: Float) {
        let indices = matrix.indices.span
        let factors = matrix.values.span
        var count = touchedCount
        for entry in matrix.indptr[row]..<matrix.indptr[row + 1] {
            let place = indices[entry]
            let before = values[Int(place)]
            // Without a branch: the place is always written, and kept only when this is its first touch.
            touched[count] = place
            count += before == 0 ? 1 : 0
            values[Int(place)] = before + weight * factors[entry]
        }
        touchedCount = count
    }
}

extension Scratch {
    /// Appends the best touched items that the selection admits, in list order, and leaves the accumulator zero.
    mutating func selectTop(_ selection: Selection, profile: Profile, into list: inout [ScoredItem]) {
        top.reset(capacity: min(selection.count, accumulator.values.count))
        if selection.excludesProfile {
            for entry in profile.entries where entry.item >= 0 && Int(entry.item) < accumulator.values.count {
                accumulator.values[Int(entry.item)] = 0
            }
        }
        for place in 0..<accumulator.touchedCount {
            let item = accumulator.touched[place]
            let score = accumulator.values[Int(item)]
            if score > 0, selection.admits(item) { top.offer(ScoredItem(item: item, score: score)) }
        }
        accumulator.reset()
        top.drain(into: &list)
    }
}
