import ArgumentParser
import Foundation
import RecPipeline
import Testing

@testable import Commands

@Suite("The report command")
struct ReportCommandTests {
    private func message(_ arguments: [String]) -> String {
        do {
            _ = try ReportCommand.parse(arguments)
            return "accepted"
        } catch {
            return ReportCommand.message(for: error)
        }
    }

    @Test("options that a page does not use are refused, with where they belong")
    func options() {
        #expect(message(["exploration", "--online-retail", "f.csv"]) == "accepted")
        #expect(message(["content", "--models", "content"]) == "--models goes with collaborative and evaluation")
        #expect(message(["exploration", "--settings", "s.json"]).hasPrefix("--settings does not go with exploration"))
        #expect(message(["evaluation", "--top", "0"]) == "--top must be 1 to 1000")
        #expect(message(["evaluation", "--models", "oracle"]).contains("there is no model oracle"))
        #expect(message(["evaluation", "--job", "job-000001"]) == "accepted")
        #expect(message(["content", "--job", "job-000001"]) == "--job goes with evaluation")
        #expect(
            message(["evaluation", "--job", "job-000001", "--models", "als"]).hasPrefix(
                "--job shows what was judged then"
            )
        )
        #expect(message(["everything"]).contains("everything"))
    }

    @Test("a file that cannot be written is found before the work, with what to do")
    func place() throws {
        let folder = NSTemporaryDirectory() + "report-\(UUID().uuidString)"
        func reason(_ path: String) -> String {
            do {
                try OutputPath.check(path)
                return "fine"
            } catch {
                return "\(error)"
            }
        }
        #expect(reason(folder + "/page.html").contains("is its folder there"))
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        #expect(reason(folder + "/page.html") == "fine")
        #expect(reason(folder).contains("is a folder; give the name of a file"))
        #expect(try OutputPath.write(Data("<p>ä</p>".utf8), to: folder + "/page.html") == 9)
        #expect(try String(contentsOfFile: folder + "/page.html", encoding: .utf8) == "<p>ä</p>")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["page.html"])
    }
}
