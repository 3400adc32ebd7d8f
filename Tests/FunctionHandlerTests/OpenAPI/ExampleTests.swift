import HTTPTypes
import Shop
import ShopTestSupport
import TestSupport
import Testing
import TextFormats

@testable import Composition
@testable import FunctionHandler

/// Sends what the documentation gives as examples to the program, and compares what comes back with the documentation.
@Suite struct ExampleTests {
    @Test("every documented example works, and its answer is as documented")
    func examples() async throws {
        try await ApiShop.with { shop in
            let tick = #"{"Data":{"tick":{"Schedule":{},"ScheduleStatus":null,"IsPastDue":false}},"Metadata":{}}"#
            try #require(try await shop.calls(.post, "/GenerateRecommendations", body: tick).status == 200)
            let version = try #require(
                try await shop.calls(.get, "/models", headers: ApiShop.admin).json().items.first?["version"]?.string
            )
            var count = 0
            for route in shop.calls.responder.table.routes {
                guard let documentation = route.documentation, !route.path.hasPrefix("/docs") else { continue }
                count += 1
                // What a batch names is different in every shop.
                let path = Self.path(of: route, documentation).replacing("m-example", with: version)
                let answer = try await shop.calls(
                    route.method,
                    path,
                    headers: Self.headers(of: route, documentation),
                    body: documentation.body?.example
                )
                Self.compare(answer, with: documentation, path)
            }
            #expect(count >= 22)
        }
    }

    /// What is live cannot be activated, one job waits at a time, and an ended one cannot be cancelled.
    private static func compare(_ answer: Calls.Answer, with documentation: RouteDocumentation, _ path: String) {
        let isRefusal =
            answer.status == 409
            && ["/activate", "/invalidate-all", "/trigger", "/cancel"].contains(where: path.hasSuffix)
        #expect((200..<300).contains(answer.status) || isRefusal, "\(path): \(answer.text)")
        let mediaType = answer.headers[.contentType]?.split(separator: ";").first.map(String.init)
        let declared = documentation.answers.first {
            $0.status.code == answer.status && ($0.mediaType == mediaType || mediaType == nil)
        }
        let schema = isRefusal ? Problem.schema : declared?.schema
        #expect(declared != nil || isRefusal, "\(path): \(answer.status) \(mediaType ?? "without a body")")
        guard let schema, mediaType?.hasSuffix("json") == true, let body = try? answer.json() else { return }
        #expect(schema.faults(of: body) == [], "\(path): \(answer.text)")
    }

    private static func headers(of route: Route, _ documentation: RouteDocumentation) -> HTTPFields {
        var headers = route.access == .admin ? ApiShop.admin : [:]
        if let body = documentation.body { headers[.contentType] = body.mediaTypes[0] }
        for parameter in documentation.parameters where parameter.place == .header {
            if let name = HTTPField.Name(parameter.name) { headers[name] = parameter.example }
        }
        return headers
    }

    private static func path(of route: Route, _ documentation: RouteDocumentation) -> String {
        var path = route.path
        var query: [String] = []
        for parameter in documentation.parameters {
            guard let example = parameter.example else { continue }
            let encoded = example.replacing(" ", with: "%20")
            switch parameter.place {
            case .path: path = path.replacing("{\(parameter.name)}", with: encoded)
            case .query: query.append("\(parameter.name)=\(encoded)")
            case .header: continue
            }
        }
        return query.isEmpty ? path : path + "?" + query.joined(separator: "&")
    }

    @Test("every parameter in a path has an example")
    func pathExamples() {
        for route in TestRoutes.all(AppConfig(), Calls.quiet) {
            for parameter in route.documentation?.parameters ?? [] where parameter.place == .path {
                #expect(parameter.example != nil, "\(route.path) \(parameter.name)")
            }
        }
    }

    @Test("a problem is as documented")
    func problems() async throws {
        let config = AppConfig()
        let calls = TestRoutes.calls(config)
        for (method, path, body) in [
            (HTTPRequest.Method.get, "/products?page=0", nil), (.get, "/nothing", nil), (.delete, "/products", nil),
            (.get, "/users", nil), (.post, "/interactions", "{}"), (.post, "/interactions", "["),
        ] as [(HTTPRequest.Method, String, String?)] {
            let answer = try await calls(method, path, body: body)
            #expect(answer.status >= 400)
            #expect(Problem.schema.faults(of: try answer.problem()) == [], "\(path)")
        }
    }
}
