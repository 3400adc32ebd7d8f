import Foundation
import RecEngine
import RecPipeline
import Testing

@Suite("Offline evaluation")
struct OfflineEvaluationTests {
    private func events(_ text: String = EventFiles.shop()) throws -> ShopEvents {
        let files = try EventFiles()
        return try ShopEvents.files(
            products: files.write("p.csv", EventFiles.catalogue()),
            interactions: files.write("i.csv", EventFiles.header + text)
        )
    }

    @Test("a split is read as people write it, and written so")
    func specifications() {
        for (text, expected) in [
            ("temporal", .temporal(0.8)), ("temporal:0.5", .temporal(0.5)), ("leave-last-out", .leaveLastOut),
            ("random", .random(0.75, seed: 1)), ("random:0.5", .random(0.5, seed: 1)),
            ("random:0.75:7", .random(0.75, seed: 7)), ("random:0.75:18446744073709551615", .random(0.75, seed: .max)),
        ] as [(String, SplitSpecification)] {
            #expect(SplitSpecification(text) == expected)
            #expect(SplitSpecification(expected.description) == expected)
        }
        for text in [
            "", ":", "temporal:", "temporal:0", "temporal:1", "temporal:x", "temporal:nan", "temporal:-0.5",
            "temporal:0.8:1",
            "leave-last-out:1", "random:2", "random:0.5:x", "random:0.5:-1", "random:0.5:1:1", "Temporal", " temporal",
        ] {
            #expect(SplitSpecification(text) == nil, "\(text)")
        }
    }

    @Test("the report has the split's counts, and its JSON the promised keys")
    func report() async throws {
        let events = try events()
        let split = try #require(SplitSpecification.temporal(0.8).split(events.log))
        let evaluation = try OfflineEvaluation(events, split: split, options: .init(cutoffs: [10, 3]))
        let entries = try LineUp.standard.selecting(["popularity", "ease_content", "user_knn"])
        var received: [String] = []
        let report = try await evaluation.run(entries, receive: { received.append($0.row.model) })
        #expect(received == ["popularity", "ease_content", "user_knn"])
        #expect(report.split.trainEvents == 320 && report.split.testEvents == 80)
        #expect(report.split.users == 30 && report.split.items == 12)
        #expect(report.split.usersJudged == report.split.targets.judgedUsers && report.split.usersJudged > 5)
        let best = try #require(report.models.max { $0.value(.ndcg, at: 10) < $1.value(.ndcg, at: 10) })
        #expect(report.best == best.model)
        #expect(report.models.filter { $0.comparison == nil }.map(\.model) == [best.model])

        let text = try report.json()
        #expect(try JSONDecoder().decode(EvaluationReport.self, from: Data(text.utf8)) == report)
        let object = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        let parts = try #require(object["split"] as? [String: Any])
        for key in ["train_events", "test_events", "users", "items", "users_judged"] {
            #expect(parts[key] is Int, "\(key)")
        }
        #expect(parts["trains_on_the_future"] as? Bool == false)
        for model in try #require(object["models"] as? [[String: Any]]) {
            for key in ["fit_seconds", "recommend_seconds", "peak_rss_mb"] {
                #expect(try #require(model[key] as? Double) >= 0, "\(key)")
            }
            let metrics = try #require(model["metrics"] as? [String: [String: Double]])
            for name in ["ndcg", "precision", "recall", "map", "hit_rate"].flatMap({ ["\($0)@10", "\($0)@3"] }) {
                let value = try #require(metrics[name], "\(name) of \(metrics.keys.sorted())")
                let (mean, lower, upper) = try (
                    #require(value["mean"]), #require(value["lower"]), #require(value["upper"])
                )
                #expect(0 <= lower && lower <= mean && mean <= upper && upper <= 1, "\(name)")
            }
            let lists = try #require(model["lists"] as? [String: [String: Double]])
            #expect(Set(lists.keys) == ["10", "3"])
        }
    }

    @Test("data without anybody to judge are an error that says what is missing, for every split")
    func nothingToJudge() throws {
        let one = "u,P1,purchase,1,1600000000,\n"
        let oneUser = (0..<20).map { "u,P1,purchase,1,\(1_600_000_000 + $0),\n" }.joined()
        let strangers = (0..<20).map { "u\($0),P\($0 % 12),purchase,1,\(1_600_000_000 + $0),\n" }.joined()
        let seen = "u,P1,impression,,1600000000,\n"
        for text in ["", one, oneUser, strangers, seen] {
            let events = try events(text)
            for split in [SplitSpecification.temporal(0.8), .leaveLastOut, .random(0.75, seed: 1)] {
                let parts = split.split(events.log)
                #expect(throws: OfflineEvaluation.NothingToJudge.self, "\(text) \(split)") {
                    try OfflineEvaluation(events, split: parts, options: .init())
                }
                #expect(throws: (any Error).self) { try Tuning(events, split: parts, options: .init(), method: .grid) }
            }
        }
        let equal = (0..<40).map { "u\($0 % 5),P\($0 % 12),purchase,1,1600000000,\n" }.joined()
        let together = try events(equal)
        #expect(throws: OfflineEvaluation.NothingToJudge.self) {
            try OfflineEvaluation(
                together,
                split: SplitSpecification.temporal(0.8).split(together.log),
                options: .init()
            )
        }
    }

    @Test("every model works on the least that can be judged")
    func leastData() async throws {
        let text = "u,P1,purchase,1,1600000000,\nv,P2,purchase,1,1600000001,\nu,P2,purchase,1,1600000002,\n"
        let events = try events(text)
        let split = SplitSpecification.leaveLastOut.split(events.log)
        for targets in [Evaluator.Options.Targets.newItems, .allItems] {
            let evaluation = try OfflineEvaluation(
                events,
                split: split,
                options: .init(targets: targets, cutoffs: [1_000])
            )
            let report = try await evaluation.run(LineUp.standard.suited(targets: targets, hasFeatures: true))
            #expect(report.split.usersJudged == 1)
            #expect(throws: Never.self) { try report.json() }
        }
    }

    @Test("a model that cannot be fitted is said by name")
    func cannotFit() async throws {
        let files = try EventFiles()
        let train = try files.write("a.csv", EventFiles.header + EventFiles.shop())
        let test = try files.write("b.csv", EventFiles.header + EventFiles.shop(seed: 32))
        let (events, isTest) = try ShopEvents.split(products: nil, train: train, test: test)
        let split = DataSplit.given(
            train: events.log.filtered { !isTest[$0] },
            test: events.log.filtered { isTest[$0] }
        )
        let evaluation = try OfflineEvaluation(events, split: split, options: .init())
        #expect(!evaluation.hasFeatures)
        let entries = try LineUp.standard.selecting(["content"])
        let error = await #expect(throws: OfflineEvaluation.CannotFit.self) { try await evaluation.run(entries) }
        #expect(error?.description.hasPrefix("content: ") == true)
    }

    @Test("names of models are read once each, and none is an error")
    func names() throws {
        #expect(try LineUp.names("ease, popularity,,ease") == ["ease", "popularity"])
        for text in ["", ",", " , "] { #expect(throws: LineUp.NoModels.self) { try LineUp.names(text) } }
        #expect(throws: LineUp.UnknownModel.self) { try LineUp.standard.selecting(["magic"]) }
        let names = LineUp.standard.entries.map(\.name)
        #expect(Set(names).count == names.count)
        for entry in LineUp.standard.entries { #expect(throws: Never.self) { try entry.configuration.check() } }
    }

    @Test("lists are written with the promised columns, ranks from 1, and appear when they are complete")
    func recommendations() async throws {
        let files = try EventFiles()
        let events = try events()
        let split = SplitSpecification.temporal(0.8).split(events.log)
        let path = files.path("out.csv")
        for targets in [Evaluator.Options.Targets.newItems, .allItems] {
            let evaluation = try OfflineEvaluation(
                events,
                split: split,
                options: .init(targets: targets, cutoffs: [1_000])
            )
            let file = try RecommendationsFile(path, events: events)
            let entries = LineUp.standard.suited(targets: targets, hasFeatures: true)
            let report = try await evaluation.run(entries, receive: { try file.append(model: $0.row.model, $0.lists) })
            if targets == .newItems { #expect(!FileManager.default.fileExists(atPath: path)) }
            try file.finish()
            let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
            #expect(lines[0] == "model,user_id,rank,product_id,score")
            var met: Set<String> = []
            for row in 0..<320 {
                met.insert(
                    "\(events.userIDs[Int(events.log.users[row])]),\(events.productIDs[Int(events.log.items[row])])"
                )
            }
            var last: (list: String, rank: Int, score: Float) = ("", 0, 0)
            for line in lines.dropFirst() {
                let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
                try #require(fields.count == 5)
                let (rank, score) = try (#require(Int(fields[2])), #require(Float(fields[4])))
                let list = fields[0] + "," + fields[1]
                #expect(rank == (list == last.list ? last.rank + 1 : 1))
                #expect(score > 0 && (list != last.list || score <= last.score))
                #expect(events.userIDs.contains(fields[1]) && events.productIDs.contains(fields[3]))
                if targets == .newItems { #expect(!met.contains("\(fields[1]),\(fields[3])")) }
                last = (list, rank, score)
            }
            #expect(report.models.count == entries.count)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: files.folder) == ["out.csv"])
    }

    @Test("a path that cannot be written is an error at once, and a run that stops leaves nothing")
    func unwritable() throws {
        let files = try EventFiles()
        let events = try events()
        for path in [files.path("none/out.csv"), files.folder, ""] {
            let error = #expect(throws: OutputPath.NotWritable.self) { try RecommendationsFile(path, events: events) }
            #expect(error?.description.contains(path == files.folder ? "is a folder" : "cannot be written") == true)
            #expect(throws: OutputPath.NotWritable.self) { try OutputPath.check(path) }
        }
        var file: RecommendationsFile? = try RecommendationsFile(files.path("out.csv"), events: events)
        #expect(try FileManager.default.contentsOfDirectory(atPath: files.folder).count == 1)
        if file != nil { file = nil }
        try OutputPath.check(files.path("out.csv"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: files.folder) == [])
    }
}
