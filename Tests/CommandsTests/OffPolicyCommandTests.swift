import ArgumentParser
import Experiments
import Foundation
import RecPipeline
import Testing

@testable import Commands

@Suite("offpolicy")
struct OffPolicyCommandTests {
    private func withFile(_ text: String, _ body: (String) throws -> Void) throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "offpolicy-\(UUID().uuidString).json")
        try text.write(to: url, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: url) }
        try body(url.path)
    }

    @Test("the configuration is a document of settings; what is wrong with it is named")
    func configuration() throws {
        try withFile(#"{"candidates":["item_knn"]}"#) { path in
            let settings = try OffPolicyCommand.settings(path)
            #expect(settings.candidates.map(\.name) == ["item_knn"])
        }
        for (text, words) in [
            (#"{"candidates":["no_such_model"]}"#, "/candidates/0"),
            (#"{"ranking":{"diversity":7}}"#, "/ranking/diversity"),
        ] {
            try withFile(text) { path in
                let error = #expect(throws: ValidationError.self) { _ = try OffPolicyCommand.settings(path) }
                #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
            }
        }
        #expect(throws: ValidationError.self) { _ = try OffPolicyCommand.settings("/nonexistent.json") }
    }

    @Test("an estimate and a refusal say what they are made from")
    func text() throws {
        let shown = (0..<400).map { user in
            [OffPolicyEstimate.Shown(logged: 0.8, candidate: user % 5 == 0 ? 0 : 1, reward: user % 2 == 0 ? 1 : 0)]
        }
        var report = OffPolicyReplay.Report(
            candidate: "item_knn",
            generations: [3, 4],
            impressions: 400,
            users: 400,
            estimate: .success(try OffPolicyEstimate(shown))
        )
        let text = OffPolicyCommand.text(report)
        #expect(text.contains("click rate of item_knn"))
        #expect(text.contains("IPS       50.00 %"), "\(text)")
        #expect(text.contains("400 impressions of 400 customers, generations 3, 4; worth 320 for this candidate"))
        report.estimate = .failure(.tooFew(effective: 12, needed: 100))
        #expect(OffPolicyCommand.text(report).hasPrefix("no estimate of item_knn: the log is worth 12 impressions"))
    }
}
