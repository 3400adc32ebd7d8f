extension DataSplit {
    /// One cut through time for everybody, as ``TemporalSplit``: ties at the cut are in the test part. Nil for a log
    /// without rows. Cost: O(n · log n).
    public static func temporal(_ log: InteractionLog, fraction: Double = 0.8) -> DataSplit? {
        guard let split = TemporalSplit(log, fraction: fraction) else { return nil }
        return DataSplit(method: .temporal(fraction: fraction, cut: split.cut), train: split.train, test: split.test)
    }

    /// The last row of each user by time, of equal times the later row, is the test part. A user with one row stays in
    /// train. Trains on the future. Nil for a log without rows. Cost: O(n).
    ///
    /// When the last row repeats an item met before, the user has nothing to judge on new items.
    public static func leaveLastOut(_ log: InteractionLog) -> DataSplit? {
        guard log.count > 0 else { return nil }
        var last = [Int](repeating: -1, count: log.userCount)
        var counts = [Int](repeating: 0, count: log.userCount)
        for row in 0..<log.count {
            let user = Int(log.users[row])
            counts[user] += 1
            if last[user] < 0 || log.times[row] >= log.times[last[user]] { last[user] = row }
        }
        return parted(log, .leaveLastOut) { row in
            let user = Int(log.users[row])
            return counts[user] == 1 || last[user] != row
        }
    }

    /// A random share of each user's rows is the train part: `fraction` · rows, rounded to nearest or even as numpy and
    /// pandas round, and at least one. Trains on the future. Nil for a log without rows. Cost: O(n).
    ///
    /// Each user's rows are shuffled by a stream of the generator of their own, so what other users did does not matter.
    public static func random(_ log: InteractionLog, fraction: Double = 0.75, seed: UInt64) -> DataSplit? {
        precondition(fraction > 0 && fraction < 1, "fraction must be between 0 and 1")
        guard log.count > 0 else { return nil }
        var rowsOfUser = [[Int]](repeating: [], count: log.userCount)
        for row in 0..<log.count { rowsOfUser[Int(log.users[row])].append(row) }
        var isTrain = [Bool](repeating: false, count: log.count)
        for user in 0..<log.userCount where !rowsOfUser[user].isEmpty {
            var rows = rowsOfUser[user]
            var generator = SeededGenerator(seed: seed, stream: UInt64(user))
            for place in 0..<rows.count - 1 { rows.swapAt(place, place + generator.below(rows.count - place)) }
            let kept = max(1, Int((fraction * Double(rows.count)).rounded(.toNearestOrEven)))
            for row in rows.prefix(kept) { isTrain[row] = true }
        }
        return parted(log, .random(fraction: fraction, seed: seed)) { isTrain[$0] }
    }

    /// Two logs that somebody else parted. They agree on users and items (precondition).
    public static func given(train: InteractionLog, test: InteractionLog) -> DataSplit {
        precondition(
            train.userCount == test.userCount && train.itemCount == test.itemCount,
            "train and test differ in shape"
        )
        return DataSplit(method: .given, train: train, test: test)
    }

    /// The train part split once more in the same way: what every search for options may look at. A given pair is cut
    /// by time; one whose times are all equal then has nothing to train on. Nil when train has no rows.
    ///
    /// With the defaults of a temporal split: train 64 %, tune (`test` of the result) 16 % and test 20 % of the rows,
    /// one after the other in time. After the search the chosen options are fitted on the whole train part.
    public func tuning(fraction: Double = 0.8) -> DataSplit? {
        switch method {
        case .given where trainsOnTheFuture: .random(train, fraction: fraction, seed: 1)
        case .temporal, .given: .temporal(train, fraction: fraction)
        case .leaveLastOut: .leaveLastOut(train)
        // Another seed: with the same one, the shuffle would depend on the first.
        case .random(_, let seed): .random(train, fraction: fraction, seed: seed &+ 1)
        }
    }

    /// The rows of a random share of the users, in both parts, for a quick look.
    ///
    /// A user who is in at one share is in at every larger one with the same seed. Users keep their numbers.
    public func samplingUsers(share: Double, seed: UInt64) -> DataSplit {
        precondition(share > 0 && share <= 1, "share must be above 0 and at most 1")
        guard share < 1 else { return self }
        var isIn = [Bool](repeating: false, count: train.userCount)
        for user in train.users { isIn[Int(user)] = true }
        // Users of the train part are counted, not numbered: who else is in the test part must not change the draw.
        var known: UInt64 = 0
        for user in isIn.indices where isIn[user] {
            // Other streams than those of a random split, or with one seed the two draws would depend on each other.
            var generator = SeededGenerator(seed: seed, stream: ~known)
            isIn[user] = generator.uniform() < share
            known += 1
        }
        return DataSplit(
            method: method,
            train: train.filtered { isIn[Int(train.users[$0])] },
            test: test.filtered { isIn[Int(test.users[$0])] }
        )
    }

    private static func parted(_ log: InteractionLog, _ method: Method, isTrain: (Int) -> Bool) -> DataSplit {
        DataSplit(method: method, train: log.filtered(isTrain), test: log.filtered { !isTrain($0) })
    }
}
