import Foundation
import RecEngine
import RecPipeline
import Testing

@Suite("Search for settings")
struct TuningTests {
    private func events(train: String, test: String) throws -> (events: ShopEvents, split: DataSplit) {
        let files = try EventFiles()
        let (events, isTest) = try ShopEvents.split(
            products: files.write("p.csv", EventFiles.catalogue()),
            train: files.write("a.csv", EventFiles.header + train),
            test: files.write("b.csv", EventFiles.header + test)
        )
        return events.split(isTest: isTest)
    }

    private let entry = LineUp.Entry("ease", .ease(.plain()))
    private let grid = ParameterGrid([("regularization", [1, 50, 3_000]), ("half_life_days", [0, 1, 90])])

    @Test("the rows of the test part cannot change what is found", arguments: Tuning.Method.allCases)
    func trainOnly(method: Tuning.Method) async throws {
        var found: [TunedModel] = []
        // Other rows, other people (whose ids are in between those of the train part), none at all; all of them later, for
        // whether a pair was parted by time decides how its train part is parted once more.
        for test in [
            EventFiles.shop(rows: 80, seed: 5, from: 400),
            EventFiles.shop(rows: 300, seed: 6, from: 700, users: "U1x"), "",
        ] {
            let (events, split) = try events(train: EventFiles.shop(), test: test)
            let tuning = try Tuning(events, split: split, options: .init(cutoffs: [5]), method: method)
            found.append(try await tuning.search(entry, grid: grid))
        }
        #expect(found[0].score > 0)
        #expect(found[1] == found[0])
        #expect(found[2] == found[0])
    }

    @Test(
        "the present settings are the first trial; a grid tries each other one once, halving the best third of them on"
    )
    func methods() async throws {
        let (events, split) = try events(train: EventFiles.shop(rows: 900), test: "")
        let all = try await Tuning(events, split: split, options: .init(), method: .grid).search(entry, grid: grid)
        #expect(all.trials.map(\.index) == Array(0..<10))
        #expect(all.trials.allSatisfy { $0.budget == 1 })
        #expect(all.trials[0].setting == ParameterSetting([("regularization", 600), ("half_life_days", 0)]))
        #expect(all.presentScore == all.trials[0].score)
        let halving = try await Tuning(events, split: split, options: .init(), method: .halving)
            .search(entry, grid: grid)
        let rounds = (0..<3).map { round in halving.trials.filter { $0.round == round }.map(\.index) }
        #expect(rounds[0].count == 10 && rounds[1].count <= 4 && rounds[2].count <= 2)
        #expect(rounds.allSatisfy { $0.contains(0) })
        #expect(
            try await Tuning(events, split: split, options: .init(), method: .halving).search(entry, grid: grid)
                == halving
        )
    }

    @Test("a setting that is clearly better at every cut is taken, one that is as good with fewer changes before it")
    func moves() async throws {
        let (events, split) = try events(train: EventFiles.shop(rows: 900), test: "")
        // A list of popular products by what was met within some minutes: anything else is better.
        let bad = LineUp.Entry("popularity", .popularity(.init(halfLife: 10)))
        let tuning = try Tuning(events, split: split, options: .init(targets: .allItems), method: .grid)
        #expect(tuning.folds.count == 3)
        let found = try await tuning.search(bad, grid: ParameterGrid([("half_life_days", [0, 3])]))
        let gain = try #require(found.gain)
        if gain.isClear {
            #expect(!found.keptPresent && found.configuration != bad.configuration)
            #expect(found.score == found.trials.map(\.score).max())
        } else {
            #expect(found.keptPresent && found.configuration == bad.configuration)
        }
        // Decay of profiles changes nothing where each has one time: the present setting stays.
        let alike = try await tuning.search(
            LineUp.Entry("popularity", .popularity(.init(halfLife: nil))),
            grid: ParameterGrid([("half_life_days", [36_500])])
        )
        #expect(alike.keptPresent && alike.configuration == .popularity(.init(halfLife: nil)))
    }

    @Test("a search without time tries the present settings alone and keeps them; with some it begins with the nearest")
    func budget() async throws {
        let (events, split) = try events(train: EventFiles.shop(rows: 900), test: "")
        let tuning = try Tuning(events, split: split, options: .init(), method: .grid)
        let none = try await tuning.search(entry, grid: grid, budget: .zero)
        #expect(none.trials.count == 1 && none.keptPresent && none.configuration == entry.configuration)
        let all = try await tuning.search(entry, grid: grid, budget: .seconds(3_600))
        let changes = all.trials.map { trial in
            zip(trial.setting.entries, all.trials[0].setting.entries).count { $0 != $1 }
        }
        #expect(changes == changes.sorted() && changes.count == 10)
    }

    @Test("halving a shop of few customers judges on more of them, and what it finds can be saved")
    func fewCustomers() async throws {
        let (events, split) = try events(train: EventFiles.shop(rows: 60), test: "")
        let tuning = try Tuning(events, split: split, options: .init(), method: .halving)
        let found = try await tuning.search(entry, grid: grid)
        #expect(found.trials.allSatisfy { $0.score.isFinite })
        let files = try EventFiles()
        let settings = TunedSettings(tuning, models: [found])
        #expect(settings.metric == "ndcg@10")
        try settings.write(to: files.path("s.json"))
        #expect(try TunedSettings(path: files.path("s.json")) == settings)
    }

    @Test("a setting that makes no sense is refused before anything is fitted, one whose equations fail scores 0")
    func badSettings() async throws {
        let (events, split) = try events(train: EventFiles.shop(), test: "")
        let tuning = try Tuning(events, split: split, options: .init(), method: .grid)
        for (name, value) in [("regularization", 0), ("regularization", -1), ("magic", 1)] as [(String, ParameterValue)]
        {
            var progress = 0
            await #expect(throws: TunableFieldError.self) {
                try await tuning.search(entry, grid: ParameterGrid([(name, [value])])) { _, _ in progress += 1 }
            }
            #expect(progress == 0)
        }
        // Every customer buys both, so a λ within rounding cannot tell them apart.
        let twins = (0..<600).map { "u\($0 / 2 % 150),P\($0 % 2),purchase,1,\(1_600_000_000 + $0 / 2 * 60),\n" }
            .joined()
        let pair = try self.events(train: twins, test: "")
        let options = Evaluator.Options(targets: .allItems)
        let search = try Tuning(pair.events, split: pair.split, options: options, method: .grid)
        let found = try await search.search(entry, grid: ParameterGrid([("regularization", [1e-7, 10])]))
        #expect(found.trials[1].score == 0 && found.score > 0)
        #expect(found.configuration == .ease(.plain()))
    }

    @Test("the standard search of every model is of settings that make sense")
    func searchSpace() throws {
        for entry in LineUp.standard.entries {
            let grid = ParameterGrid(SearchSpace.axes(for: entry.configuration))
            #expect(grid.settings.count > 1)
            for setting in grid.settings {
                #expect(throws: Never.self, "\(entry.name) \(setting)") { try entry.configuration.applying(setting) }
            }
        }
    }

    // MARK: - Files of settings

    /// Every model of the line-up, by way of JSON.
    private func settings() throws -> TunedSettings {
        let models = try LineUp.standard.entries.map { entry in
            let configuration = try JSONSerialization.jsonObject(with: JSONEncoder().encode(entry.configuration))
            return ["name": entry.name, "configuration": configuration, "score": 0.5, "trials": [Any]()]
                as [String: Any]
        }
        let object: [String: Any] = ["version": 1, "source": "s", "slice": "t", "metric": "ndcg@10", "models": models]
        return try JSONDecoder().decode(TunedSettings.self, from: JSONSerialization.data(withJSONObject: object))
    }

    @Test("settings come back from their file as they were, and take the place of the models' own")
    func roundTrip() throws {
        let files = try EventFiles()
        let settings = try settings()
        try settings.write(to: files.path("s.json"))
        let read = try TunedSettings(path: files.path("s.json"))
        #expect(read == settings)
        #expect(LineUp.standard.replacing(read.entries).entries == LineUp.standard.entries)
        let other = LineUp.Entry("popularity", .popularity(.init(halfLife: 1)))
        let replaced = LineUp.standard.replacing([other, LineUp.Entry("mine", .ownHistory(.init()))])
        #expect(replaced.entries.first == other)
        #expect(replaced.entries.last?.name == "mine")
        #expect(replaced.entries.count == LineUp.standard.entries.count + 1)
    }

    @Test("a broken file is refused with its path and what is wrong")
    func broken() throws {
        let files = try EventFiles()
        let path = files.path("s.json")
        let settings = try settings()
        try settings.write(to: path)
        let text = try String(contentsOfFile: path, encoding: .utf8)
        for (old, new, words) in [
            ("\"version\" : 1", "\"version\" : 2", "its version is 2, 1 is read"),
            ("\"version\" : 1", "\"version\" : \"x\"", "version"), ("\"source\"", "\"sauce\"", "it has no source"),
            ("\"algorithm\" : \"ease\"", "\"algorithm\" : \"magic\"", "magic is no algorithm"),
            ("\"neighbours\" : 150", "\"neighbours\" : 0", "neighbours must be a whole number"),
            ("\"neighbours\" : 150", "\"neighbours\" : 1.5", "a number does not fit its field"),
            ("\"neighbours\" : 150", "\"neighbours\" : null", "neighbours"), (text, "", "it is no JSON"),
            (text, "a,b\n1,2\n", "it is no JSON"), (text, String(text.dropLast(20)), "it is no JSON"),
            (text, "[]", "it"), (text, "\0\0", "it is no JSON"),
        ] {
            #expect(text.contains(old))
            try files.write("b.json", text.replacing(old, with: new))
            let error = #expect(throws: TunedSettings.NotReadable.self) {
                try TunedSettings(path: files.path("b.json"))
            }
            #expect(error?.description.contains(words) == true, "\(error?.description ?? "accepted")")
            #expect(error?.description.hasPrefix(files.path("b.json")) == true)
        }
        #expect(throws: TunedSettings.NotReadable.self) { try TunedSettings(path: files.path("none.json")) }
        #expect(throws: OutputPath.NotWritable.self) { try settings.write(to: files.path("none/s.json")) }
    }
}
