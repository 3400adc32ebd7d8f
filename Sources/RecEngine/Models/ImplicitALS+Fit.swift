extension ImplicitALS {
    /// Fits on a users × items matrix of interaction weights, without times. Empty rows and columns are legal.
    ///
    /// Cost: O(iterations · cgSteps · (entries · f + (users + items) · f²)) time on `workers` tasks under the caller's
    /// executor preference, 4 · f bytes a user and an item. The result is the same to the bit for any number of workers.
    /// - Throws: ``FitError`` for a matrix without entries, a value that is not finite, or cancellation.
    public static func fit(
        _ matrix: CSRMatrix,
        options: Options = Options(),
        workers: Int = Parallelism.processors
    ) async throws(FitError) -> ImplicitALS {
        try await fit(ProfileTable(matrix), options: options, workers: workers)
    }

    /// Fits on profiles, whose times count when the options have a ``Options/fitHalfLife``: interactions age until `now`,
    /// or until the newest one when it is left out. Otherwise as the fit on a matrix.
    /// - Throws: ``FitError``, also for a time that is not finite when times count; the row is the user.
    public static func fit(
        _ profiles: ProfileTable,
        options: Options = Options(),
        now: Double? = nil,
        workers: Int = Parallelism.processors
    ) async throws(FitError) -> ImplicitALS {
        try profiles.matrix().checkFittable()
        if options.fitHalfLife != nil {
            for row in 0..<profiles.count where !profiles[row].entries.allSatisfy(\.time.isFinite) {
                throw .nonFinite(row: row)
            }
        }
        let matrix = options.confidences(of: profiles, now: now)
        guard matrix.nonZeroCount > 0 else { throw .emptyMatrix }
        let users = ALSSide(matrix, options: options)
        let items = ALSSide(matrix.transposed(), options: options)
        items.randomize(factors: options.factors, seed: options.seed)
        let width = ALSGram.width(factors: options.factors)
        var gram = items.factors.withSpan { span in
            span.withUnsafeBufferPointer {
                ALSGram.total(of: [ALSGram.sum($0, width: width)], width: width, weight: options.unobservedWeight)
            }
        }
        for _ in 0..<options.iterations {
            guard
                let ofUsers = await users.solve(against: items, gram: gram, options: options, workers: workers),
                let ofItems = await items.solve(against: users, gram: ofUsers, options: options, workers: workers)
            else { throw .cancelled }
            gram = ofItems
        }
        let factors = items.factors.withSpan { span in span.withUnsafeBufferPointer { Array($0) } }
        return ImplicitALS(options: options, itemCount: profiles.itemCount, factors: factors)
    }
}
