import RecEngine
import Synchronization
import Testing

@Suite("Successive halving")
struct SuccessiveHalvingTests {
    private let grid = ParameterGrid([("x", (0..<9).map { .number(Double($0)) })])

    @Test("nine settings are tried on a ninth, three on a third and one in full, and the best is found")
    func rounds() async {
        let made = Mutex<[[Int]]>([])
        let result = await SuccessiveHalving().run(
            grid.settings,
            progress: { done, total in made.withLock { $0.append([done, total]) } },
            score: { setting, _ in -abs(setting.number("x") - 6.2) }
        )
        #expect(result.trials.map(\.index) == Array(0..<9) + [5, 6, 7] + [6])
        #expect(result.trials.map(\.round) == Array(repeating: 0, count: 9) + [1, 1, 1, 2])
        #expect(isClose(result.trials[0].budget, 1.0 / 9) && isClose(result.trials[9].budget, 1.0 / 3))
        #expect(result.best == result.trials[12])
        #expect(result.best.budget == 1 && result.best.setting.number("x") == 6)
        #expect(made.withLock { $0 } == (1...13).map { [$0, 13] })
    }

    @Test("the last round decides: what is best on a small budget need not win")
    func lastRoundDecides() async {
        // On small budgets 8 is best and 7 next; in full, 7 beats 8.
        let options = SuccessiveHalving.Options(smallestBudget: 0.5, reduction: 2)
        let result = await SuccessiveHalving(options).run(grid.settings) { setting, budget in
            budget < 1 ? setting.number("x") : -abs(setting.number("x") - 7)
        }
        #expect(result.trials.count == 9 + 5)
        #expect(result.best.index == 7)
    }

    @Test("with a smallest budget of 1 it is a grid search")
    func gridSearch() async {
        let search = SuccessiveHalving(.init(smallestBudget: 1))
        #expect(search.budgets == [1])
        let result = await search.run(grid.settings) { setting, _ in -setting.number("x") }
        #expect(result.trials.count == 9 && result.best.index == 0)
    }

    @Test("NaN loses to everything, and of equal scores the earliest setting alone goes on")
    func order() async {
        let options = SuccessiveHalving.Options(smallestBudget: 0.25, reduction: 4)
        let result = await SuccessiveHalving(options).run(grid.settings) { setting, _ in
            let x = setting.number("x")
            return x < 2 ? .nan : x < 4 ? -.infinity : 1
        }
        // Three of nine may go on: the first of each score.
        #expect(result.trials.suffix(3).map(\.index) == [0, 2, 4])
        #expect(result.best.index == 4)
        let hopeless = await SuccessiveHalving().run(grid.settings) { _, _ in .nan }
        #expect(hopeless.best.index == 0 && hopeless.trials.count == 11)
    }

    @Test("a setting that others have to beat is in every round, and no trial begins when the time is over")
    func alwaysAndTime() async {
        let result = await SuccessiveHalving().run(grid.settings, always: 0) { setting, _ in setting.number("x") }
        #expect(result.trials.map(\.index) == Array(0..<9) + [0, 7, 8] + [0])
        for limit in [0, 1, 5, 11] {
            let made = Mutex(0)
            let cut = await SuccessiveHalving().run(
                grid.settings,
                isOver: { made.withLock { $0 >= limit } },
                score: { setting, _ in
                    made.withLock { $0 += 1 }
                    return setting.number("x")
                }
            )
            #expect(cut.trials.count == max(limit, 1))
            #expect(cut.best.score == cut.trials.filter { $0.round == cut.best.round }.map(\.score).max())
        }
    }

    @Test("what the scorer throws ends the search")
    func failure() async {
        await #expect(throws: FitError.cancelled) {
            try await SuccessiveHalving().run(grid.settings) { setting, _ throws(FitError) in
                if setting.number("x") == 3 { throw .cancelled }
                return 0
            }
        }
    }

    @Test("one setting goes through all rounds")
    func oneSetting() async {
        let result = await SuccessiveHalving().run(ParameterGrid([]).settings) { _, budget in budget }
        #expect(result.trials.map(\.score) == SuccessiveHalving().budgets)
    }

    @Test("neighbours are searched on a tuning slice")
    func realModel() async throws {
        let log = RandomInputs.log(users: 40, items: 30, rows: 1_200, seed: 2)
        let split = try #require(DataSplit.temporal(log)?.tuning())
        let grid = ParameterGrid([("neighbours", [1, 5, 20])])
        let search = SuccessiveHalving(.init(smallestBudget: 0.5, reduction: 2))
        let result = try await search.run(grid.settings) { setting, budget in
            let part = split.samplingUsers(share: budget, seed: 1)
            let evaluator = Evaluator(part, options: .init(cutoffs: [5]))
            let options = ItemKNN.Options(weighting: .cosine, neighbours: Int(setting.number("neighbours")))
            return try await evaluator.evaluate(ItemKNN.fit(evaluator.profiles.matrix(), options: options)).mean.ndcg
        }
        #expect(result.trials.count == 5)
        #expect(result.best.score > 0)
    }
}
