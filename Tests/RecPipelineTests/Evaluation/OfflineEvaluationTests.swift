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
        let (events, split) = try #require(events().split(.temporal(0.8)))
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

    @Test("customers without history are judged apart, by popular products and by the category they met first")
    func newcomers() async throws {
        // Thirty known customers; in the test part ten new ones keep to one group of products each, from its second on.
        let known = EventFiles.shop() + EventFiles.shop(rows: 40, seed: 9, from: 27_700)
        let new = (0..<40).map { row in
            let user = row % 10
            return "N\(user),P\(4 * (user % 3) + row / 10),purchase,1,\(1_700_000_000 + row * 60),\n"
        }.joined()
        func report(_ text: String) async throws -> EvaluationReport {
            let (events, split) = try #require(events(text).split(.temporal(0.8)))
            return try await OfflineEvaluation(events, split: split, options: .init(cutoffs: [4]))
                .run(LineUp.standard.selecting(["popularity"]))
        }
        let found = try #require(try await report(known + new).newcomers)
        #expect(found.customers == 10 && found.knowsCategory)
        #expect(found.rows.map(\.source) == ["popular", "preferences"])
        // Three targets are among the four of the category, whatever stands first, and the told one is no target.
        let (popular, preferences) = (found.rows[0].metrics, found.rows[1].metrics)
        #expect(preferences["recall@4"]?.mean == 1)
        #expect(try #require(popular["ndcg@4"]).mean < (try #require(preferences["ndcg@4"])).mean)
        #expect(try await report(known).newcomers == nil)
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
                let parts = events.split(split)?.split
                #expect(throws: OfflineEvaluation.NothingToJudge.self, "\(text) \(split)") {
                    try OfflineEvaluation(events, split: parts, options: .init())
                }
                #expect(throws: (any Error).self) { try Tuning(events, split: parts, options: .init(), method: .grid) }
            }
        }
        let equal = (0..<40).map { "u\($0 % 5),P\($0 % 12),purchase,1,1600000000,\n" }.joined()
        let together = try events(equal)
        let error = #expect(throws: OfflineEvaluation.NothingToJudge.self) {
            try OfflineEvaluation(together, split: together.split(.temporal(0.8))?.split, options: .init())
        }
        #expect(error?.description.contains("same time") == true && error?.description.contains("random") == true)
        let unread = try self.events("u,P1,purchase,1,12,\n")
        let other = #expect(throws: OfflineEvaluation.NothingToJudge.self) {
            try OfflineEvaluation(unread, split: unread.split(.temporal(0.8))?.split, options: .init())
        }
        #expect(other?.description.contains("no events") == true)
    }

    @Test(
        "a model of an age knows nothing of what came since, ranks with today's histories, and less of its demand is left"
    )
    func modelAge() async throws {
        let (events, split) = try #require(events().split(.temporal(0.8)))
        let age = 100 * 3_600.0
        let evaluation = try OfflineEvaluation(events, split: split, options: .init(cutoffs: [4]), modelAge: age)
        let features = try #require(events.features(itemCount: split.train.itemCount))
        let before = split.train.filtered { split.train.times[$0] < split.now - age }
        #expect(before.count < split.train.count - 80 && before.count > 100)
        let data = TrainingData(log: before, features: features, now: split.now - age)
        let profiles = ProfileTable(split.train)
        let hidden = HiddenItems(metIn: split.train)
        for name in ["ease_content", "ease_demand"] {
            let entry = try #require(LineUp.standard.selecting([name]).first)
            let found = try await evaluation.judge(entry).lists
            let fitted = try await entry.configuration.fit(data).model
            func lists(_ model: any Recommender) async throws -> [ScoredItem] {
                try await model.recommendAll(
                    profiles,
                    selection: Selection(count: 4, excludesProfile: false),
                    hidden: hidden
                ).items
            }
            #expect(try await found.items == lists(fitted.aged(by: age)))
            #expect(try await (found.items == lists(fitted)) == (name == "ease_content"))
        }
        let report = try await evaluation.run(LineUp.standard.selecting(["popularity"]))
        #expect(report.split.modelAgeDays == age / 86_400)
        #expect(report.split.description.contains("days before"))
        let error = #expect(throws: OfflineEvaluation.NothingToJudge.self) {
            try OfflineEvaluation(events, split: split, options: .init(), modelAge: 900 * 86_400)
        }
        #expect(error?.description.contains("900.0 days") == true)
    }

    @Test("every model works on the least that can be judged")
    func leastData() async throws {
        let text = "u,P1,purchase,1,1600000000,\nv,P2,purchase,1,1600000001,\nu,P2,purchase,1,1600000002,\n"
        let (events, split) = try #require(events(text).split(.leaveLastOut))
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

    @Test("a model that cannot be fitted is a row with the reason, and the others are judged")
    func cannotFit() async throws {
        let files = try EventFiles()
        let train = try files.write("a.csv", EventFiles.header + EventFiles.shop())
        let test = try files.write("b.csv", EventFiles.header + EventFiles.shop(seed: 32))
        let (events, isTest) = try ShopEvents.split(products: nil, train: train, test: test)
        let (parted, split) = events.split(isTest: isTest)
        let evaluation = try OfflineEvaluation(parted, split: split, options: .init())
        #expect(!evaluation.hasFeatures)
        let names = ["content", "popularity", "item_knn", "hybrid"]
        let report = try await evaluation.run(LineUp.standard.selecting(names))
        #expect(report.models.map(\.model) == names)
        #expect(
            report.models.map { $0.error?.contains("names, descriptions or categories") } == [true, nil, nil, true]
        )
        #expect(report.models[0].metrics.isEmpty && report.models[0].comparison == nil)
        #expect(report.best != nil && report.models[1...2].contains { $0.comparison != nil })
        #expect(try JSONDecoder().decode(EvaluationReport.self, from: Data(report.json().utf8)) == report)
        let none = try await evaluation.run(LineUp.standard.selecting(["content"]))
        #expect(none.best == nil && none.models.count == 1)
    }

    @Test("orders years apart leave no model without lists, and none ends the others")
    func yearsApart() async throws {
        let late = 8 * 365 * 24
        let text = EventFiles.shop(rows: 400) + EventFiles.shop(rows: 100, seed: 8, from: late)
        let (events, split) = try #require(events(text).split(.temporal(0.8)))
        let evaluation = try OfflineEvaluation(events, split: split, options: .init())
        let report = try await evaluation.run(LineUp.standard.suited(targets: .newItems, hasFeatures: true))
        #expect(report.models.allSatisfy { $0.error == nil }, "\(report.models.compactMap(\.error))")
        let judged = report.split.usersJudged
        for row in report.models where row.model != "session" {
            #expect(row.note?.contains("no list for \(judged) of") != true, "\(row.model): \(row.note ?? "")")
        }
    }

    @Test(
        "what is fitted depends on the train part alone: customers and items that only the test part has change no list"
    )
    func testOnly() async throws {
        let files = try EventFiles()
        let train = try files.write("a.csv", EventFiles.header + EventFiles.shop())
        let known = EventFiles.shop(rows: 60, seed: 32, from: 400)
        var strangers = ""
        for row in 0..<300 {
            strangers += "A\(row % 40),AA\(row % 50),purchase,1,\(1_600_000_000 + (500 + row) * 3_600),\n"
            strangers += "U\(row % 30),M\(row % 50),purchase,1,\(1_600_000_000 + (500 + row) * 3_600),\n"
        }
        var lists: [[String: [String]]] = []
        for (name, test) in [("b.csv", known), ("c.csv", known + strangers)] {
            let path = try files.write(name, EventFiles.header + test)
            let (all, isTest) = try ShopEvents.split(products: nil, train: train, test: path)
            let (events, split) = all.split(isTest: isTest)
            let evaluation = try OfflineEvaluation(events, split: split, options: .init())
            var found: [String: [String]] = [:]
            let entries = LineUp.standard.suited(targets: .newItems, hasFeatures: false)
            let report = try await evaluation.run(
                entries,
                receive: { judged in
                    found[judged.row.model] = judged.lists.rows.flatMap { user in
                        judged.lists.items(ofRow: user).map {
                            "\(events.userIDs[user]) \(events.productIDs[Int($0.item)]) \($0.score)"
                        }
                    }
                }
            )
            #expect(report.split.users == 30 && report.split.items == 12)
            #expect(report.split.targets.unknownUsers == (lists.isEmpty ? 0 : 40))
            lists.append(found)
        }
        #expect(lists[0].count > 10)
        for (model, list) in lists[0] { #expect(lists[1][model] == list, "\(model)") }
    }

    @Test("what a customer viewed before the cut is still new, what was bought, rated or hidden last is not")
    func viewedIsNew() async throws {
        var text = ""
        for (product, event) in ["view,", "click,", "add_to_cart,", "purchase,1", "rating,1", "feedback,-1"]
            .enumerated()
        {
            text += "u,P\(product),\(event),1600000000,\n"
        }
        text += "u,P6,feedback,-1,1600000000,\nu,P6,feedback,1,1600000001,\n"
        for product in 0..<7 {
            text += "v,P\(product),purchase,1,1600000002,\n"
            text += "u,P\(product),purchase,1,16000001\(product)0,\n"
        }
        let events = try events(text)
        let (parted, split) = events.split(isTest: events.log.times.map { $0 > 1_600_000_050 })
        let evaluation = try OfflineEvaluation(parted, split: split, options: .init())
        var listed: Set<String> = []
        let user = try #require(parted.userIDs.firstIndex(of: "u"))
        let report = try await evaluation.run(
            LineUp.standard.selecting(["popularity"]),
            receive: { judged in
                listed = Set(judged.lists.items(ofRow: user).map { parted.productIDs[Int($0.item)] })
            }
        )
        #expect(report.split.targets.targets == 4 && report.split.targets.metBefore == 3)
        #expect(listed == ["P0", "P1", "P2", "P6"])
    }

    @Test("order lines of the test part do not name the products that models learn from, whatever the split")
    func namesBeforeTheCut() throws {
        let files = try EventFiles()
        let header = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID\n"
        func lines(_ count: Int, _ month: Int, _ name: String, price: String) -> String {
            (0..<count).map {
                "5\(month)\($0),8400\($0 % 4),\(name),1,2011-0\(month)-01 08:0\($0 % 10):00,\(price),1\($0 % 5)\n"
            }
            .joined()
        }
        let text = header + lines(8, 1, "OLD LAMP", price: "2.00") + lines(12, 5, "NEW MUG", price: "9.00")
        let events = try ShopEvents.onlineRetail(
            path: files.write("r.csv", text + "999,77777,LATE,1,2011-06-01 08:00:00,1.00,11\n")
        )
        #expect(events.products.allSatisfy { $0.name != "OLD LAMP" })
        let (parted, split) = try #require(events.split(.temporal(0.4)))
        #expect(split.train.itemCount == 4 && split.test.itemCount == 5)
        #expect(parted.products.map(\.name) == ["OLD LAMP", "OLD LAMP", "OLD LAMP", "OLD LAMP", ""])
        #expect(parted.products[0].price == 2)
        #expect(parted.productIDs.last == "77777")
        #expect(parted.features(itemCount: split.train.itemCount)?.itemCount == 4)
        let last =
            header + lines(8, 1, "OLD LAMP", price: "2.00") + lines(4, 5, "NEW MUG", price: "9.00")
            + "990,84000,ODD,1,2011-06-01 08:00:00,1.00,14\n"
        let all = try ShopEvents.onlineRetail(path: files.write("l.csv", last))
        #expect(Set(all.products.map(\.name)) == ["OLD LAMP"])
        let (known, parts) = try #require(all.split(.random(0.5, seed: 3)))
        for item in 0..<parts.train.itemCount {
            let rows = parts.trainRows.filter { all.productIDs[Int(all.log.items[$0])] == known.productIDs[item] }
            let names = rows.map { all.log.times[$0] }.map { time in
                time < 1_300_000_000 ? "OLD LAMP" : time < 1_306_000_000 ? "NEW MUG" : "ODD"
            }
            let counts = Dictionary(grouping: names, by: \.self).mapValues(\.count)
            let expected = counts.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
            #expect(known.products[item].name == expected, "\(names)")
        }
    }

    @Test("a one-star rating is no target, the report says so, and of several ratings the newest counts")
    func ratings() async throws {
        var text = EventFiles.shop()
        for user in 0..<30 {
            // Everybody rates P0 again and again after the cut; the last word is one star for half of them.
            text += "U\(user),P0,rating,5,\(1_700_000_000 + user),\n"
            text += "U\(user),P0,rating,\(user % 2 == 0 ? 1 : 3),\(1_700_001_000 + user),\n"
        }
        let (events, split) = try #require(events(text).split(.temporal(0.87)))
        #expect(split.test.count == 30 && split.test.weights.allSatisfy { $0 == 0 || $0 == 0.5 })
        let evaluation = try OfflineEvaluation(events, split: split, options: .init(targets: .allItems))
        let report = try await evaluation.run(LineUp.standard.selecting(["popularity"]))
        #expect(report.split.targets.notPositive == 15)
        #expect(report.targetRule.contains("one-star") && report.targetRule.contains("newest"))
    }

    @Test("a model that has no list for anybody says so beside its zeros")
    func noLists() async throws {
        // Without orders, and nobody comes twice within half an hour: no sessions to learn from.
        let withoutOrders = EventFiles.shop().split(separator: "\n").map { $0.prefix { $0 != "O" } + "\n" }.joined()
        let (events, split) = try #require(events(withoutOrders).split(.temporal(0.8)))
        let evaluation = try OfflineEvaluation(events, split: split, options: .init())
        let report = try await evaluation.run(LineUp.standard.selecting(["own_history", "session", "popularity"]))
        #expect(report.models[0].note?.contains("--repeats allowed") == true)
        let judged = report.split.usersJudged
        #expect(report.models[1].note == "no list for \(judged) of the \(judged) judged customers, who count as 0")
        #expect(report.models[2].note == nil)
    }

    @Test("memory is the process's peak, whatever was held before the models")
    func peak() async throws {
        let (events, split) = try #require(events().split(.temporal(0.8)))
        let evaluation = try OfflineEvaluation(events, split: split, options: .init())
        do {
            let block = [UInt8](repeating: 1, count: 300 << 20)
            #expect(block[block.count - 1] == 1)
        }
        let before = try #require(ProcessMemory.peakMB)
        let report = try await evaluation.run(LineUp.standard.selecting(["popularity"]))
        #expect(before > 300)
        #expect(report.models[0].peakMB >= before && report.peakMB >= report.models[0].peakMB)
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
        let (events, split) = try #require(events().split(.temporal(0.8)))
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
