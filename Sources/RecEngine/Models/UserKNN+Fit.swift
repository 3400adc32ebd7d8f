import RealModule

extension UserKNN {
    /// Weighs a users × items matrix and prepares its transpose and norms: O(entries). Times are not known, so only
    /// profiles decay. The neighbours are found when asked for.
    /// - Throws: ``FitError`` for a matrix without entries or with a value that is not finite.
    public static func fit(_ matrix: CSRMatrix, options: Options = Options()) throws(FitError) -> Self {
        try matrix.checkFittable()
        return make(matrix, options: options) { _ in 1 }
    }

    /// The same for the profiles of all users, whose entries decay from their times to `now`; one later than `now`
    /// counts in full.
    /// - Throws: ``FitError`` for a table without entries or with a weight or time that is not finite.
    public static func fit(
        _ profiles: ProfileTable,
        now: Double,
        options: Options = Options()
    ) throws(FitError) -> Self {
        let matrix = profiles.matrix()
        try matrix.checkFittable()
        for row in 0..<profiles.count where !profiles[row].entries.allSatisfy(\.time.isFinite) {
            throw .nonFinite(row: row)
        }
        guard let halfLife = options.halfLife else { return make(matrix, options: options) { _ in 1 } }
        let now = decayOrigin(now: now, newest: profiles.entries[...].newestTime, halfLife: halfLife)
        return make(matrix, options: options) { entry in
            Float(Double.exp2(min(0, profiles.entries[entry].time - now) / halfLife))
        }
    }

    private static func make(_ matrix: CSRMatrix, options: Options, decay: (Int) -> Float) -> Self {
        let itemWeights = options.itemWeights(for: matrix)
        var values: [Float] = []
        values.reserveCapacity(matrix.nonZeroCount)
        for (entry, item) in matrix.indices.enumerated() {
            let weight = matrix.values[entry].saturated(by: options.saturation)
            values.append(weight * decay(entry) * itemWeights[Int(item)])
        }
        let users = CSRMatrix(
            rowCount: matrix.rowCount,
            columnCount: matrix.columnCount,
            indptr: matrix.indptr,
            indices: matrix.indices,
            values: values
        )
        return UserKNN(options: options, users: users, itemWeights: itemWeights)
    }
}

extension UserKNN.Options {
    fileprivate func itemWeights(for matrix: CSRMatrix) -> [Float] {
        guard weighsItems else { return [Float](repeating: 1, count: matrix.columnCount) }
        var counts = [Int](repeating: 0, count: matrix.columnCount)
        for item in matrix.indices { counts[Int(item)] += 1 }
        // Users without an entry are not there: they may have been numbered for another part of the data.
        let users = Double((0..<matrix.rowCount).count { !matrix.entries(ofRow: $0).isEmpty })
        return counts.map { count in
            let odds = (users - Double(count) + 0.5) / (Double(count) + 0.5)
            return Float(Double.log(onePlus: odds).squareRoot())
        }
    }
}
