/// What models are fitted on and what they are judged by: two logs over the same users and items.
///
/// Only a cut through time for everybody keeps the future out of the train part. Leave-last-out and random splits train
/// on what other users did later, so they are too kind and the order of models may change; they are here because
/// published figures use them (Sun, Zhang, Ma et al., TOIS 2023).
///
/// A figure that is reported comes from a split whose test part nobody looked at before. Searches for options use
/// ``tuning(fraction:)``, which is made of the train part alone.
public struct DataSplit: Sendable {
    /// How the rows were split.
    public enum Method: Sendable, Equatable, Codable {
        /// Rows before the cut against the rest; the cut, in Unix seconds, is the time of row ⌊fraction · n⌋.
        case temporal(fraction: Double, cut: Double)
        /// Each user's last row against their others.
        case leaveLastOut
        /// A random share of each user's rows in train.
        case random(fraction: Double, seed: UInt64)
        /// Two logs split by somebody else.
        case given
    }

    /// How the rows were split.
    public let method: Method
    /// What may be learned from.
    public private(set) var train: InteractionLog
    /// What is to be predicted.
    public private(set) var test: InteractionLog
    /// The rows of the log that train; empty for a given pair.
    public private(set) var trainRows: [Int] = []

    /// The moment at which lists would be made, in Unix seconds, from which decay counts back: the cut of a temporal
    /// split, else the time of the newest train row; 0 when there is none.
    public var now: Double {
        if case .temporal(_, let cut) = method { return cut }
        guard let first = train.times.first else { return 0 }
        return train.times.reduce(first) { $1.isFinite ? max($0, $1) : $0 }
    }

    /// Whether train rows are later than test rows of other users, so that figures are too kind.
    public var trainsOnTheFuture: Bool {
        switch method {
        case .temporal: false
        case .leaveLastOut, .random: true
        case .given: (train.times.max() ?? -.infinity) > (test.times.min() ?? .infinity)
        }
    }

}

extension DataSplit {
    /// Parts a log by a condition on the row number. In each part a newer rating replaces an older one.
    private init(_ log: InteractionLog, _ method: Method, isTrain: (Int) -> Bool, isTest: (Int) -> Bool) {
        self.init(
            method: method,
            train: log.filtered(isTrain).withoutReplacedRows(),
            test: log.filtered(isTest).withoutReplacedRows(),
            trainRows: (0..<log.count).filter(isTrain)
        )
    }

    /// One cut through time for everybody, the time of row ⌊fraction · n⌋ in time order: rows strictly before it train.
    /// Nil for a log without rows. Cost: O(n · log n).
    ///
    /// With equal times at the cut, all of them are in the test part, which then holds more than `1 − fraction`; with
    /// all times equal the train part is empty. A row whose time is NaN is in neither part.
    public static func temporal(_ log: InteractionLog, fraction: Double = 0.8) -> DataSplit? {
        precondition(fraction > 0 && fraction < 1, "fraction must be between 0 and 1")
        let times = log.times.filter { !$0.isNaN }.sorted()
        guard !times.isEmpty else { return nil }
        let cut = times[Int(fraction * Double(times.count))]
        return DataSplit(
            log,
            .temporal(fraction: fraction, cut: cut),
            isTrain: { log.times[$0] < cut },
            isTest: { log.times[$0] >= cut }
        )
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
        return splitting(log, .leaveLastOut) { row in
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
            for position in 0..<rows.count - 1 {
                rows.swapAt(position, position + generator.below(rows.count - position))
            }
            let kept = max(1, Int((fraction * Double(rows.count)).rounded(.toNearestOrEven)))
            for row in rows.prefix(kept) { isTrain[row] = true }
        }
        return splitting(log, .random(fraction: fraction, seed: seed)) { isTrain[$0] }
    }

    /// Two logs that somebody else split. Users and items of the train part come first among those of the test part
    /// (precondition on their numbers).
    public static func given(train: InteractionLog, test: InteractionLog) -> DataSplit {
        precondition(
            train.userCount <= test.userCount && train.itemCount <= test.itemCount,
            "train has users or items that test has not"
        )
        return DataSplit(method: .given, train: train.withoutReplacedRows(), test: test.withoutReplacedRows())
    }

    /// The same split with no test row later than so many seconds after ``now``. Cost: O(test rows).
    public func judging(for seconds: Double) -> DataSplit {
        var split = self
        let end = now + seconds
        split.test = test.filtered { test.times[$0] < end }
        return split
    }

    /// The same split with users and items renumbered, of whom the train part knows the first `knownUsers` and
    /// `knownItems`: what is fitted on it does not depend on those that only the test part has.
    /// - Parameters:
    ///   - users: the new number of each user; - items: of each item.
    public func renumbered(users: [Int32], knownUsers: Int, items: [Int32], knownItems: Int) -> DataSplit {
        var split = self
        split.train = train.renumbered(users: users, userCount: knownUsers, items: items, itemCount: knownItems)
        split.test = test.renumbered(users: users, userCount: users.count, items: items, itemCount: items.count)
        return split
    }

    /// The train part split once more in the same way: what every search for options may look at. A given pair is cut
    /// by time, or at random where times are all equal or train rows are later than test rows. Nil when train has no rows.
    ///
    /// With the defaults of a temporal split: train 64 %, tune (`test` of the result) 16 % and test 20 % of the rows,
    /// one after the other in time. After the search the chosen options are fitted on the whole train part.
    public func tuning(fraction: Double = 0.8) -> DataSplit? {
        switch method {
        case .given where trainsOnTheFuture || train.times.allSatisfy({ $0 == train.times[0] }):
            .random(train, fraction: fraction, seed: 1)
        case .temporal, .given: .temporal(train, fraction: fraction)
        case .leaveLastOut: .leaveLastOut(train)
        // Another seed: with the same one, the shuffle would depend on the first.
        case .random(_, let seed): .random(train, fraction: fraction, seed: seed &+ 1)
        }
    }

    /// Several tuning slices of the train part, so that no choice hangs on one month or one draw.
    ///
    /// Of a split by time the cuts lie at seven, eight and nine tenths of the train rows (for three), and each is judged by
    /// the rows up to the next one. Of leave-last-out each user's last, last but one, … row judges; of a random split the
    /// draws differ. Slices without train or test rows are left out. Cost: O(count · rows).
    public func tuningFolds(_ count: Int = 3) -> [DataSplit] {
        precondition((1...9).contains(count), "1 to 9 folds")
        let folds: [DataSplit]
        switch method {
        case .given where trainsOnTheFuture || train.times.allSatisfy({ $0 == train.times[0] }):
            folds = (1...UInt64(count)).compactMap { .random(train, fraction: 0.8, seed: $0) }
        case .temporal, .given: folds = Self.temporalFolds(train, count)
        case .leaveLastOut:
            var rest = train
            folds = (0..<count).compactMap { _ in
                guard let fold = Self.leaveLastOut(rest) else { return nil }
                rest = fold.train
                return fold
            }
        case .random(let fraction, let seed):
            folds = (1...UInt64(count)).compactMap { .random(train, fraction: fraction, seed: seed &+ $0) }
        }
        return folds.filter { $0.train.count > 0 && $0.test.count > 0 }
    }

    private static func temporalFolds(_ log: InteractionLog, _ count: Int) -> [DataSplit] {
        let times = log.times.filter { !$0.isNaN }.sorted()
        guard !times.isEmpty else { return [] }
        let fractions = (0..<count).map { 1 - Double(count - $0) / 10 }
        let cuts = fractions.map { times[Int($0 * Double(times.count))] }
        return cuts.indices.map { fold in
            let end = fold + 1 < count ? cuts[fold + 1] : .infinity
            return DataSplit(
                log,
                .temporal(fraction: fractions[fold], cut: cuts[fold]),
                isTrain: { log.times[$0] < cuts[fold] },
                isTest: { log.times[$0] >= cuts[fold] && (log.times[$0] < end || fold + 1 == count) }
            )
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

    private static func splitting(_ log: InteractionLog, _ method: Method, isTrain: (Int) -> Bool) -> DataSplit {
        DataSplit(log, method, isTrain: isTrain, isTest: { !isTrain($0) })
    }
}
