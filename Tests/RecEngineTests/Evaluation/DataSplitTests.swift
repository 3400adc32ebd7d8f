import RecEngine
import Testing

@Suite("Splits")
struct DataSplitTests {
    @Test("the cut is the time of row ⌊0.8 · n⌋ in time order, and train is strictly before it")
    func temporal() throws {
        let log = smallLog(
            [(0, 0, 50), (0, 1, 10), (0, 2, 40), (0, 3, 40), (0, 4, 20)] + [(1, 0, 30), (1, 1, 40)],
            users: 2,
            items: 5
        )
        // Times in order 10 20 30 40 40 40 50; row ⌊5.6⌋ = 5 has time 40, so train is what is before 40.
        let split = try #require(DataSplit.temporal(log))
        #expect(split.method == .temporal(fraction: 0.8, cut: 40))
        #expect(split.train.times == [10, 20, 30])
        #expect(split.test.times == [50, 40, 40, 40])
        #expect(split.train.items == [1, 4, 0])
        #expect(split.now == 40)
        #expect(!split.trainsOnTheFuture)
    }

    @Test("judging for a time leaves out what comes after it, and the train part as it is")
    func judging() throws {
        let log = smallLog([(0, 0, 10), (0, 1, 20), (0, 2, 40), (0, 3, 49), (0, 4, 50)], users: 1, items: 5)
        let split = try #require(DataSplit.temporal(log, fraction: 0.5))
        #expect(split.now == 40)
        let short = split.judging(for: 10)
        #expect(short.test.times == [40, 49] && short.train.times == [10, 20] && short.method == split.method)
        #expect(split.judging(for: 11).test.times == split.test.times)
        #expect(split.judging(for: 0).test.count == 0)
    }

    @Test("a log without rows cannot be split")
    func empty() {
        let log = InteractionLog(userCount: 1, itemCount: 1)
        #expect(DataSplit.temporal(log) == nil)
        #expect(DataSplit.leaveLastOut(log) == nil)
        #expect(DataSplit.random(log, seed: 1) == nil)
    }

    @Test("a row without a time is in neither part of a temporal split")
    func withoutTime() throws {
        let rows: [(Int32, Int32, Double)] = [(0, 0, .nan), (0, 1, 1), (0, 2, 2), (0, 3, 3), (0, 4, .nan)]
        let split = try #require(DataSplit.temporal(smallLog(rows, users: 1, items: 5), fraction: 0.5))
        #expect(split.train.items == [1])
        #expect(split.test.items == [2, 3])
    }

    @Test("with all times equal a temporal split has nothing to train on")
    func oneTime() throws {
        let log = smallLog([(0, 0, 7), (0, 1, 7), (1, 0, 7)], users: 2, items: 2)
        let split = try #require(DataSplit.temporal(log))
        #expect(split.train.count == 0 && split.test.count == 3)
        #expect(Evaluator(split).users.isEmpty)
    }

    @Test("of one user's ratings of an item the newest counts, once, in each part for itself")
    func ratedAgain() throws {
        // Rows: a rating, another later, a purchase, the same two kinds by another user, and a rating after the cut.
        let log = InteractionLog(
            userCount: 2,
            itemCount: 2,
            users: [0, 0, 0, 1, 1, 0, 0],
            items: [0, 0, 0, 0, 1, 0, 0],
            weights: [1, 0.25, 1, 0.5, 0.75, 0, 0.5],
            times: [2, 3, 1, 3, 3, 9, 9],
            statements: [1, 1, 0, 1, 1, 1, 1]
        )
        let split = try #require(DataSplit.temporal(log, fraction: 0.75))
        #expect(split.train.weights == [0.25, 1, 0.5, 0.75])
        // Of equal times the later row is the newer one.
        #expect(split.test.weights == [0.5])
        #expect(ProfileTable(log.withoutReplacedRows())[0].entries.map(\.weight) == [1.5])
        let kinds = InteractionLog(
            userCount: 1,
            itemCount: 1,
            users: [0, 0],
            items: [0, 0],
            weights: [1, 2],
            times: [1, 2],
            statements: [1, 2]
        )
        #expect(kinds.withoutReplacedRows().weights == [1, 2])
    }

    @Test("a train part whose times are all equal is cut at random for tuning")
    func tuningWithoutTimes() throws {
        let rows = (0..<40).map { (user: Int32($0 % 4), item: Int32($0 % 10), time: 7.0) }
        let log = smallLog(rows, users: 4, items: 10)
        let tuning = try #require(DataSplit.given(train: log, test: log).tuning())
        #expect(tuning.train.count == 32 && tuning.test.count == 8)
    }

    @Test("tuning cuts the train part again, and never sees a test row")
    func tuning() throws {
        let log = RandomInputs.log(users: 10, items: 20, rows: 1_000, seed: 5)
        let split = try #require(DataSplit.temporal(log))
        let tuning = try #require(split.tuning())
        // Distinct times: 640 train, 160 tune and 200 test rows, one after the other.
        #expect(tuning.train.rows + tuning.test.rows + split.test.rows == log.rows)
        #expect([tuning.train.count, tuning.test.count, split.test.count] == [640, 160, 200])
    }

    @Test("the last row of each user is left out, of equal times the later row; a single row stays")
    func leaveLastOut() throws {
        let log = smallLog(
            [(0, 0, 30), (0, 1, 30), (0, 2, 20), (1, 3, 5), (2, 0, 9), (2, 1, 8)],
            users: 4,
            items: 4
        )
        let split = try #require(DataSplit.leaveLastOut(log))
        #expect(split.train.items == [0, 2, 3, 1])
        #expect(split.train.users == [0, 0, 1, 2])
        #expect(split.test.items == [1, 0])
        #expect(split.test.users == [0, 2])
        #expect(split.trainsOnTheFuture)
        let again = try #require(split.tuning())
        #expect(again.test.items == [0])
        #expect(again.train.items == [2, 3, 1])
    }

    @Test("a random split keeps the share of each user's rows, rounded to even, and at least one")
    func randomShares() throws {
        // User n has n rows: 0.75 · n is 0.75, 1.5, 2.25, 3, 3.75, 4.5.
        var rows: [(Int32, Int32, Double)] = []
        for user in 1...6 { for item in 0..<user { rows.append((Int32(user), Int32(item), Double(item))) } }
        let split = try #require(DataSplit.random(smallLog(rows, users: 7, items: 6), seed: 3))
        let kept = (0...6).map { user in split.train.users.count { $0 == Int32(user) } }
        #expect(kept == [0, 1, 2, 2, 3, 4, 4])
        #expect(Set(split.train.rows).isDisjoint(with: split.test.rows))
        #expect(split.train.count + split.test.count == rows.count)
        let few = try #require(DataSplit.random(smallLog(rows, users: 7, items: 6), fraction: 0.01, seed: 3))
        #expect(few.train.count == 6)
    }

    @Test("a random split depends on the seed and on the user's own rows alone")
    func randomStreams() throws {
        let log = RandomInputs.log(users: 12, items: 30, rows: 600, seed: 8)
        let split = try #require(DataSplit.random(log, seed: 1))
        #expect(try #require(DataSplit.random(log, seed: 1)).train.rows == split.train.rows)
        #expect(try #require(DataSplit.random(log, seed: 2)).train.rows != split.train.rows)
        let alone = log.filtered { log.users[$0] == 7 }
        let part = split.train.filtered { split.train.users[$0] == 7 }
        #expect(try #require(DataSplit.random(alone, seed: 1)).train.rows == part.rows)
        #expect(try #require(split.tuning()).train.count < split.train.count)
    }

    @Test("users with the same history have different rows drawn")
    func randomUsersDiffer() throws {
        let rows: [(Int32, Int32, Double)] = (0..<40).flatMap { [(0, Int32($0), 0), (1, Int32($0), 0)] }
        let split = try #require(DataSplit.random(smallLog(rows, users: 2, items: 40), seed: 3))
        let drawn = (0...1).map { user in
            Set(split.test.items.indices.filter { split.test.users[$0] == user }.map { split.test.items[$0] })
        }
        #expect(drawn[0].count == 10 && drawn[1].count == 10)
        #expect(drawn[0] != drawn[1])
    }

    @Test("each row of a user is as likely as another to be drawn")
    func randomIsFair() throws {
        print("seeds 0 ..< 400")
        let log = smallLog((0..<4).map { (0, Int32($0), Double($0)) }, users: 1, items: 4)
        var drawn = [Int](repeating: 0, count: 4)
        for seed in 0..<400 as Range<UInt64> {
            let split = try #require(DataSplit.random(log, fraction: 0.75, seed: seed))
            drawn[Int(split.test.items[0])] += 1
        }
        // Each 100 ± 8.7; four deviations.
        for count in drawn { #expect(abs(count - 100) < 35) }
    }

    @Test("a given pair is taken as it is, and tells when it looks ahead")
    func given() {
        let early = smallLog([(0, 0, 1), (1, 1, 2)], users: 2, items: 2)
        let late = smallLog([(0, 1, 3)], users: 2, items: 2)
        let split = DataSplit.given(train: early, test: late)
        #expect(split.now == 2 && split.method == .given && !split.trainsOnTheFuture)
        let reversed = DataSplit.given(train: late, test: early)
        #expect(reversed.trainsOnTheFuture)
    }

    @Test("a smaller sample of users is part of a larger one and keeps all their rows")
    func samples() throws {
        let log = RandomInputs.log(users: 200, items: 10, rows: 2_000, seed: 9)
        let split = try #require(DataSplit.temporal(log))
        let third = split.samplingUsers(share: 0.3, seed: 4)
        let half = split.samplingUsers(share: 0.5, seed: 4)
        let few = Set(third.train.users)
        #expect(few.isSubset(of: half.train.users))
        #expect((40...80).contains(few.count))
        for user in few {
            #expect(third.train.users.count { $0 == user } == split.train.users.count { $0 == user })
        }
        #expect(Set(third.test.users).isSubset(of: Set((0..<200).map(Int32.init))))
        #expect(split.samplingUsers(share: 1, seed: 4).train.rows == split.train.rows)
    }

    @Test("folds of a search lie in the train part, one after the other in time, and each is judged up to the next")
    func folds() throws {
        let log = RandomInputs.log(users: 30, items: 12, rows: 500, seed: 37)
        let split = try #require(DataSplit.temporal(log))
        let folds = split.tuningFolds()
        #expect(folds.count == 3)
        var end = -Double.infinity
        for fold in folds {
            let times = (train: fold.train.times, test: fold.test.times)
            #expect((times.train.max() ?? 0) < (times.test.min() ?? 0))
            #expect((times.test.min() ?? 0) > end)
            #expect(fold.now == times.test.min())
            end = times.test.max() ?? 0
        }
        #expect(end == split.train.times.max() && end < (split.test.times.min() ?? 0))
        #expect(folds.map(\.train.count) == [280, 320, 360] && folds.map(\.test.count) == [40, 40, 40])
    }

    @Test("folds of leave-last-out leave out one row more each, those of a random split differ, and none has test rows")
    func otherFolds() throws {
        let log = RandomInputs.log(users: 30, items: 12, rows: 500, seed: 38)
        let last = try #require(DataSplit.leaveLastOut(log))
        let folds = last.tuningFolds()
        #expect(folds.map(\.train.count) == [440, 410, 380])
        #expect(folds.map(\.test.count) == [30, 30, 30])
        let random = try #require(DataSplit.random(log, fraction: 0.75, seed: 4))
        let draws = random.tuningFolds()
        #expect(draws.allSatisfy { $0.train.count + $0.test.count == random.train.count })
        #expect(Set(draws.map { $0.test.times }).count == 3)
        #expect(try #require(DataSplit.leaveLastOut(smallLog([(0, 0, 1)], users: 1, items: 1))).tuningFolds().isEmpty)
    }
}
