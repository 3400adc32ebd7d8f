import Foundation
import Testing

@testable import Telemetry

/// A query that asks for a name that nobody sends finds nothing, for ever, and says so to nobody.
@Suite struct DocumentedNamesTests {
    private struct Query: CustomTestStringConvertible {
        var place: String
        var text: String
        var testDescription: String { place }
    }

    private static let project = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private static func text(_ path: String) throws -> String {
        try String(contentsOf: project.appendingPathComponent(path), encoding: .utf8)
    }

    /// The blocks marked `kusto` of the page, the strings of the Bicep modules that name a table of the workspace, and the workbook's.
    private static func queries() throws -> [Query] {
        var found: [Query] = []
        for (number, block) in try text("docs/operations.md").matches(of: /```kusto\n((?:.|\n)*?)```/).enumerated() {
            found.append(Query(place: "docs/operations.md, query \(number + 1)", text: String(block.1)))
        }
        let modules = project.appendingPathComponent("infra/modules")
        for file in try FileManager.default.contentsOfDirectory(atPath: modules.path).sorted()
        where file.hasSuffix(".bicep") {
            for string in try text("infra/modules/\(file)").matches(
                of: /'([^']*\bApp(?:Events|Metrics|Requests|Dependencies)\b[^']*)'/
            ) {
                found.append(Query(place: file, text: String(string.1)))
            }
        }
        let workbook = try JSONSerialization.jsonObject(with: Data(text("infra/workbook.json").utf8))
        return found + queries(in: workbook).map { Query(place: "workbook.json", text: $0) }
    }

    /// Every member named `query`, at any depth.
    private static func queries(in value: Any) -> [String] {
        if let list = value as? [Any] { return list.flatMap(queries) }
        guard let object = value as? [String: Any] else { return [] }
        return object.flatMap { name, value in
            if name == "query", let text = value as? String { [text] } else { queries(in: value) }
        }
    }

    /// The texts compared with a column, by `==` or `in (…)`.
    private static func compared(_ column: String, in query: String) throws -> [String] {
        let single = try Regex("\\b\(column)\\s*[=!]=\\s*\"([^\"]*)\"", as: (Substring, Substring).self)
        let several = try Regex("\\b\(column)\\s*!?in\\s*\\(([^)]*)\\)", as: (Substring, Substring).self)
        return query.matches(of: single).map { String($0.1) }
            + query.matches(of: several).flatMap { list in
                list.1.matches(of: /"([^"]*)"/).map { String($0.1) }
            }
    }

    /// Functions, whose requests the host and the handler tell by the names of their folders.
    private static func functions() throws -> Set<String> {
        let folders = try FileManager.default.contentsOfDirectory(atPath: project.path)
        return Set(
            folders.filter {
                FileManager.default.fileExists(atPath: project.appendingPathComponent("\($0)/function.json").path)
            }
        )
    }

    @Test("each event, metric, function and dimension in a query is one that is sent")
    func names() throws {
        let events = Set(EventName.allCases.map(\.rawValue))
        let metrics = Set(MetricName.allCases.map(\.rawValue))
        let dimensions = Set(Dimension.allCases.map(\.rawValue))
        let known = events.union(metrics).union(try Self.functions())
        let queries = try Self.queries()
        for query in queries {
            for name in try Self.compared("Name", in: query.text) {
                #expect(known.contains(name), "\(query.place): nobody sends \(name)")
            }
            if query.text.hasPrefix("AppEvents") {
                #expect(try Self.compared("Name", in: query.text).allSatisfy(events.contains), "\(query.place)")
            }
            if query.text.hasPrefix("AppMetrics") {
                #expect(try Self.compared("Name", in: query.text).allSatisfy(metrics.contains), "\(query.place)")
            }
            for match in query.text.matches(of: /Properties\.(\w+)|Properties\["([^"]+)"\]/) {
                let name = String(match.1 ?? match.2 ?? "")
                #expect(dimensions.contains(name), "\(query.place): nothing has the dimension \(name)")
            }
        }
        // The reading above finds what is there.
        #expect(queries.filter { $0.place.hasPrefix("docs/") }.count >= 8)
        #expect(queries.contains { $0.place == "alerts.bicep" })
        #expect(queries.contains { $0.place == "workbook.json" })
        let asked = Set(try queries.flatMap { try Self.compared("Name", in: $0.text) })
        #expect(asked.contains(EventName.batchFailed.rawValue))
        #expect(asked.contains(MetricName.cacheMaximumAge.rawValue))
    }

    @Test("each event, metric and dimension that is sent is on the page about operations")
    func described() throws {
        let page = try Self.text("docs/operations.md")
        for name in EventName.allCases.map(\.rawValue) + MetricName.allCases.map(\.rawValue)
            + Dimension.allCases.map(\.rawValue)
        {
            #expect(page.contains("`\(name)`"), "\(name)")
        }
    }

    @Test("each alert has its section on the page about operations")
    func alerts() throws {
        let page = try Self.text("docs/operations.md")
        let rules = try Self.text("infra/modules/alerts.bicep").matches(
            of: /^\s{4}name: '([a-z-]+)'$/.anchorsMatchLineEndings()
        )
        #expect(rules.count >= 6)
        for rule in rules { #expect(page.contains("`\(rule.1)`"), "\(rule.1)") }
    }
}
