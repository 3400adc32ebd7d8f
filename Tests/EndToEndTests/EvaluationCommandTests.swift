import Foundation
import TestSupport
import Testing

/// evaluate and tune on files, in a shell without a database.
@Suite("Evaluation in a shell", .slot)
final class EvaluationCommandTests {
    private let folder = NSTemporaryDirectory() + "evaluation-\(UUID().uuidString)/"
    private let header = "user_id,product_id,interaction_type,value,timestamp\n"

    init() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try write(
            "p.csv",
            "product_id,name,description,category,price\n"
                + (0..<30).map { "P\($0),Word\($0 % 3),,C\($0 % 2),1\n" }.joined()
        )
        try write("i.csv", header + lines(0..<300))
        try write("train.csv", header + lines(0..<240))
        try write("test.csv", header + lines(240..<300))
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// An event an hour, of 25 customers over 30 products, the same ones every time.
    private func lines(_ rows: Range<Int>) -> String {
        rows.map { row in
            "u\(mixed(2 * row) % 25),P\(mixed(2 * row + 1) % 30),purchase,1,\(1_600_000_000 + row * 3_600)\n"
        }.joined()
    }

    /// A number without a pattern.
    private func mixed(_ value: Int) -> UInt64 {
        var bits = UInt64(value + 1) &* 0x9E37_79B9_7F4A_7C15
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        return bits ^ (bits >> 31)
    }

    private func path(_ name: String) -> String { folder + name }

    private func write(_ name: String, _ text: String) throws {
        try text.write(toFile: path(name), atomically: true, encoding: .utf8)
    }

    private var files: [String] { ["--products", path("p.csv"), "--interactions", path("i.csv")] }

    private func json(_ run: ProgramRun) throws -> [String: Any] {
        #expect(run.status == 0, "\(run.errors)")
        return try #require(JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
    }

    private func models(_ object: [String: Any]) throws -> [[String: Any]] {
        try #require(object["models"] as? [[String: Any]])
    }

    @Test(
        "files are judged under every split and both ways of repeats, as JSON with the promised keys",
        arguments: [["temporal:0.8"], ["leave-last-out"], ["random:0.75:7"]],
        ["left-out", "allowed"]
    )
    func splits(split: [String], repeats: String) throws {
        let run = try ProgramRun(
            ["evaluate"] + files + [
                "--split", split[0], "--repeats", repeats, "--json", "--recommendations", path("out.csv"),
            ]
        )
        let object = try json(run)
        let parts = try #require(object["split"] as? [String: Any])
        #expect((parts["train_events"] as? Int ?? 0) + (parts["test_events"] as? Int ?? 0) == 300)
        #expect(parts["trains_on_the_future"] as? Bool == (split != ["temporal:0.8"]))
        let models = try models(object)
        let names = models.compactMap { $0["model"] as? String }
        #expect(names.contains("ease_content") && names.contains("buy_again") == (repeats == "allowed"))
        for model in models {
            for key in ["fit_seconds", "recommend_seconds", "peak_rss_mb"] { #expect(model[key] is Double, "\(key)") }
            let metrics = try #require(model["metrics"] as? [String: [String: Double]])
            #expect(Set(try #require(metrics["ndcg@10"]).keys) == ["mean", "lower", "upper"])
        }
        let lists = try String(contentsOfFile: path("out.csv"), encoding: .utf8).split(separator: "\n")
        // Nobody comes twice within half an hour, so there are no sessions to learn from.
        #expect(modelColumn(of: lists) == Set(names).subtracting(["session"]))
        #expect(lists[0] == "model,user_id,rank,product_id,score")
    }

    private func modelColumn(of lists: [Substring]) -> Set<String> {
        Set(lists.dropFirst().compactMap { $0.split(separator: ",").first.map(String.init) })
    }

    @Test("a split made elsewhere is judged with and without products, and as the same split made here")
    func given() throws {
        let parts = ["--train", path("train.csv"), "--test", path("test.csv"), "--json"]
        let bare = try models(json(ProgramRun(["evaluate"] + parts)))
        #expect(!bare.contains { $0["model"] as? String == "content" })
        let known = try json(ProgramRun(["evaluate", "--products", path("p.csv"), "--models", "item_knn"] + parts))
        let here = try json(ProgramRun(["evaluate", "--models", "item_knn", "--json"] + files))
        let metrics = try [known, here].map { try #require(models($0)[0]["metrics"] as? [String: [String: Double]]) }
        #expect(metrics[0] == metrics[1])
        #expect(metrics[0]["ndcg@10"]?["mean"] ?? 0 > 0)
    }

    @Test("what tune finds is what evaluate takes")
    func tune() throws {
        let settings = path("s.json")
        let grid = ["--models", "popularity", "--grid", "half_life_days=2,50", "--out", settings]
        let tuned = try ProgramRun(["tune"] + files + grid)
        #expect(tuned.status == 0, "\(tuned.errors)")
        #expect(tuned.output.contains("saved to \(settings)"))
        let judged = try ProgramRun(
            ["evaluate"] + files + ["--settings", settings, "--models", "popularity,ease", "--json"]
        )
        #expect(tuned.output.contains("kept the defaults") || tuned.output.contains("changed: +"))
        let model = try #require(try models(json(judged)).first?["configuration"] as? [String: Any])
        let file = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: settings)))
        let saved = try #require(((file as? [String: Any])?["models"] as? [[String: Any]])?.first)
        #expect(NSDictionary(dictionary: model).isEqual(saved["configuration"]))
        let halving = try ProgramRun(
            ["tune"] + files + ["--method", "halving", "--repeats", "allowed", "--out", settings]
        )
        #expect(halving.status == 0, "\(halving.errors)")
    }

    @Test("a file of settings with one nonsensical number is refused with the number's name")
    func brokenSettings() throws {
        let settings = path("s.json")
        let grid = ["--models", "user_knn", "--grid", "neighbours=5", "--out", settings]
        #expect(try ProgramRun(["tune"] + files + grid).status == 0)
        let text = try String(contentsOfFile: settings, encoding: .utf8)
        try write("s.json", text.replacing(/"neighbours" : \d+/, with: "\"neighbours\" : 0"))
        let run = try ProgramRun(["evaluate"] + files + ["--settings", settings])
        #expect(run.status == 1)
        #expect(run.errors.contains("neighbours must be a whole number"), "\(run.errors)")
    }

    @Test("what cannot be done ends with an error that says why, and with nothing written")
    func errors() throws {
        try write("one.csv", header + lines(0..<1))
        try write("none.csv", header)
        try write("bad.csv", "a,b\n1,2\n")
        let products = ["--products", path("p.csv")]
        for (arguments, status, words) in [
            (["evaluate"], 64, "DATABASE_URL is not set"),
            (["evaluate"] + products + ["--interactions", path("one.csv")], 1, "all events have the same time"),
            (["evaluate"] + products + ["--interactions", path("none.csv")], 1, "there are no events to learn from"),
            (["tune"] + products + ["--interactions", path("one.csv")], 1, "all events have the same time"),
            (["evaluate"] + products + ["--interactions", path("bad.csv")], 1, "has no column user_id"),
            (["evaluate"] + products + ["--interactions", path("gone.csv")], 1, "gone.csv: cannot be read"),
            (["evaluate"] + files + ["--models", "magic"], 1, "there is no model magic; there are popularity"),
            (["evaluate"] + files + ["--models", ","], 1, "names no model"),
            (["evaluate"] + files + ["--recommendations", path("no/out.csv")], 1, "is its folder there"),
            (["evaluate"] + files + ["--recommendations", folder], 1, "is a folder"),
            (["evaluate"] + files + ["--settings", path("gone.json")], 1, "is not a file of settings"),
            (["tune"] + files + ["--out", path("no/s.json")], 1, "is its folder there"),
            (
                ["tune", "--models", "ease"] + files + ["--grid", "magic=1"], 1,
                "ease has no parameter magic; it has regularization"
            ),
            (
                ["tune", "--models", "ease"] + files + ["--grid", "half_life_days=-1"], 1,
                "half_life_days must be a number from 0.0"
            ),
            (
                ["tune", "--models", "ease"] + files + ["--grid", "half_life_days=1", "--grid", "half_life_days=2"], 64,
                "is given twice"
            ),
            (["tune"] + files + ["--grid", "half_life_days=1"], 64, "name it with --models"),
        ] as [([String], Int32, String)] {
            let run = try ProgramRun(arguments)
            #expect(run.status == status, "\(arguments)")
            #expect(run.errors.contains(words), "\(arguments): \(run.errors)")
            #expect(run.output.isEmpty)
        }
        let left = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        #expect(left == ["bad.csv", "i.csv", "none.csv", "one.csv", "p.csv", "test.csv", "train.csv"])
    }

    @Test("lines that are left out are said on standard error, and JSON stays JSON")
    func leftOut() throws {
        try write("i.csv", header + lines(0..<300) + "u1,P1,purchase,x,1600000000\nu1,ZZZ,purchase,1,1600000000\n")
        let run = try ProgramRun(["evaluate"] + files + ["--models", "popularity", "--json"])
        _ = try json(run)
        #expect(run.errors.contains("1 malformed lines left out"))
        #expect(run.errors.contains("line 302: value is not a decimal number"))
        #expect(run.errors.contains("1 events left out: their product is not in the products file"))
    }
}
