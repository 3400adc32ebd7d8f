import RealModule

extension ImplicitALS.Options {
    /// Appends the items of a profile that count, with what each adds to the unobserved confidence, which is above 0:
    /// α times the weight, saturated, and halved for each half-life that the entry is older than `newest`. With a
    /// half-life, an entry whose time is not a number does not count.
    func append(
        _ profile: Profile,
        newest: Double,
        halfLife: Double?,
        itemCount: Int,
        indices: inout [Int32],
        values: inout [Float]
    ) {
        for entry in profile.entries where entry.item >= 0 && Int(entry.item) < itemCount {
            var value = alpha * (saturation.map { entry.weight.saturated(by: $0) } ?? entry.weight)
            if let halfLife { value *= Float(Double.exp2(min((entry.time - newest) / halfLife, 0))) }
            guard value > 0, value.isFinite else { continue }
            indices.append(entry.item)
            values.append(value)
        }
    }

    /// What each interaction of a table adds to the unobserved confidence; those that add nothing are left out.
    func confidences(of profiles: ProfileTable, now: Double?) -> CSRMatrix {
        var newest = profiles.entries[...].newestTime
        if let now { newest = fitHalfLife.map { decayOrigin(now: now, newest: newest, halfLife: $0) } ?? now }
        var indptr = [0]
        var indices: [Int32] = []
        var values: [Float] = []
        indptr.reserveCapacity(profiles.count + 1)
        indices.reserveCapacity(profiles.entries.count)
        values.reserveCapacity(profiles.entries.count)
        for row in 0..<profiles.count {
            append(
                profiles[row],
                newest: newest,
                halfLife: fitHalfLife,
                itemCount: profiles.itemCount,
                indices: &indices,
                values: &values
            )
            indptr.append(indices.count)
        }
        return CSRMatrix(
            rowCount: profiles.count,
            columnCount: profiles.itemCount,
            indptr: indptr,
            indices: indices,
            values: values
        )
    }
}
