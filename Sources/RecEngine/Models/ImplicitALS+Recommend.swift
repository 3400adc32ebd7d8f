import CKernels

extension ImplicitALS {
    /// Residual, relative to that of a vector of zeros, at which a person's factors count as found. Single precision
    /// gives little more.
    private static let tolerance: Float = 1e-6

    /// Writes all scores. Cost: O(steps · (f² + profile · f)) for the person's factors, with about 20 steps, and
    /// O(items · f).
    public func writeScores(for profile: Profile, to scores: inout [Float], scratch: inout Scratch) {
        precondition(scores.count == itemCount, "one score an item")
        begin(profile, scratch: &scratch)
        solve(right: nil, scratch: &scratch)
        ck_gemv(itemCount, width, factors, scratch.factors, &scores)
    }

    /// With A x = Σ c · yₚ for the person's factors x, the score y·x of an item is Σ c · (z·yₚ) with A z = y (Hu et al.,
    /// section 6). Cost: that of finding z, as much as the person's factors, for each item asked about.
    public func contributions(to item: Int32, profile: Profile, scratch: inout Scratch) -> [Float]? {
        var parts = [Float](repeating: 0, count: profile.count)
        guard item >= 0, Int(item) < itemCount else { return parts }
        begin(profile, scratch: &scratch)
        solve(right: item, scratch: &scratch)
        var place = 0
        for (position, entry) in profile.entries.enumerated() {
            guard place < scratch.known.count, scratch.known[place] == entry.item else { continue }
            let confidence = options.unobservedWeight + scratch.weights[place]
            parts[position] = confidence * product(entry.item, scratch.factors)
            place += 1
        }
        return parts
    }

    /// The items most similar to an item by the cosine of their factors. Cost: O(items · f).
    public func similarItems(to item: Int32, count: Int, allowing: ItemSet?) -> [ScoredItem] {
        guard item >= 0, Int(item) < itemCount, norms[Int(item)] > 0 else { return [] }
        var scores = [Float](repeating: 0, count: itemCount)
        ck_gemv(itemCount, width, factors, Array(factors[Int(item) * width..<(Int(item) + 1) * width]), &scores)
        for other in 0..<itemCount where norms[other] > 0 { scores[other] /= norms[other] * norms[Int(item)] }
        scores[Int(item)] = 0
        var list: [ScoredItem] = []
        var scratch = makeScratch()
        scratch.selectTop(of: &scores, Selection(count: count, allowing: allowing), profile: .empty, into: &list)
        return list
    }

    /// Puts the profile's known items and their confidences in the scratch.
    private func begin(_ profile: Profile, scratch: inout Scratch) {
        scratch.known.removeAll(keepingCapacity: true)
        scratch.weights.removeAll(keepingCapacity: true)
        options.append(
            profile,
            newest: profile.newestTime,
            halfLife: options.halfLife,
            itemCount: itemCount,
            indices: &scratch.known,
            values: &scratch.weights
        )
    }

    /// Solves the person's system for their own right side, or for an item's factors, into the front of
    /// `scratch.factors`. Starts from zeros each time: a result depends on the profile alone.
    private func solve(right item: Int32?, scratch: inout Scratch) {
        scratch.factors.removeAll(keepingCapacity: true)
        scratch.factors.append(contentsOf: repeatElement(0, count: 4 * width))
        guard !scratch.known.isEmpty else { return }
        let ridge = options.ridge(entries: scratch.known.count, others: itemCount)
        factors.withUnsafeBufferPointer { factors in
            gram.withUnsafeBufferPointer { gram in
                scratch.factors.withUnsafeMutableBufferPointer { own in
                    guard let x = own.baseAddress, let others = factors.baseAddress else { return }
                    var system = ck_als_system(
                        width: width,
                        gram: gram.baseAddress,
                        others: others,
                        unobserved: options.unobservedWeight
                    )
                    ck_als_solve(
                        &system,
                        ridge,
                        scratch.known.count,
                        scratch.known,
                        scratch.weights,
                        item.map { others + Int($0) * width },
                        // Exact arithmetic needs one step a factor at most; rounding may cost as many again.
                        Int32(2 * width),
                        Self.tolerance,
                        x,
                        x + width
                    )
                }
            }
        }
    }

    private func product(_ item: Int32, _ other: borrowing [Float]) -> Float {
        factors.withUnsafeBufferPointer { factors in
            other.withUnsafeBufferPointer { other in
                guard let rows = factors.baseAddress, let vector = other.baseAddress else { return 0 }
                return ck_dot(rows + Int(item) * width, vector, width)
            }
        }
    }
}
