import Foundation
import HTTPTypes
import Testing
import TextFormats

@testable import Composition
@testable import FunctionHandler

@Suite struct DocsRoutesTests {
    private func calls(_ assets: DocsAssets?) -> Calls {
        let routes = DocsRoutes(document: Array("{}".utf8), assets: assets).routes
        return Calls(responder: AppResponder(AppConfig(), routes, Calls.quiet))
    }

    private func withAssets(_ body: (DocsAssets) async throws -> Void) async throws {
        let folder = NSTemporaryDirectory() + "swagger-ui-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for name in ["swagger-ui.css", "swagger-ui-bundle.js"] {
            try Data("content of \(name)".utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
        }
        guard let assets = DocsAssets(folder: folder) else {
            Issue.record("the files are there and were not found")
            return
        }
        try await body(assets)
    }

    @Test(
        "the page loads its parts from this server alone, from either path",
        arguments: ["/docs", "/api/docs", "/docs/"]
    )
    func page(path: String) async throws {
        try await withAssets { assets in
            let calls = calls(assets)
            let answer = try await calls(.get, path)
            #expect(answer.status == 200)
            #expect(answer.headers[.contentType] == "text/html; charset=utf-8")
            let policy = try #require(answer.headers[.contentSecurityPolicy])
            #expect(policy.hasPrefix("default-src 'none'"))
            #expect(!policy.contains("unsafe") && !policy.contains("http"))
            #expect(!answer.text.contains("http"))
            let base = try #require(URL(string: "http://h\(path)"))
            for link in answer.text.matches(of: /(?:src|href|data-document)="([^"]+)"/).map(\.output.1) {
                let target = try #require(URL(string: String(link), relativeTo: base)?.path)
                #expect(try await calls(.get, target).status == 200, "\(target)")
            }
        }
    }

    @Test("a file has its type and a validator, and no other file can be asked for")
    func files() async throws {
        try await withAssets { assets in
            let calls = calls(assets)
            let answer = try await calls(.get, "/api/docs/swagger-ui.css")
            #expect(answer.text == "content of swagger-ui.css")
            #expect(answer.headers[.contentType] == "text/css; charset=utf-8")
            let tag = try #require(answer.headers[.eTag])
            #expect(try await calls(.get, "/docs/swagger-ui.css", headers: [.ifNoneMatch: tag]).status == 304)
            for name in ["version.txt", "..%2Fhost.json", "%2Fetc%2Fpasswd", "index.html"] {
                #expect(try await calls(.get, "/docs/\(name)").status == 404)
            }
        }
    }

    @Test("without Swagger UI the page says how to install it")
    func missing() async throws {
        #expect(DocsAssets(folder: "/nowhere") == nil)
        let problem = try await calls(nil)(.get, "/docs").problem()
        #expect(problem["detail"]?.string?.contains("scripts/swagger-ui.sh") == true)
    }
}
