import Foundation
import HTTPTypes
import TestSupport
import Testing
import TextFormats

@testable import Composition
@testable import FunctionHandler

@Suite struct OpenAPIDocumentTests {
    private func calls() -> Calls {
        let config = AppConfig()
        return TestRoutes.calls(config)
    }

    @Test("the document is valid for a validator that was not written here", .slot)
    func validity() async throws {
        let answer = try await calls()(.get, "/api/openapi.json")
        #expect(answer.status == 200)
        let file = NSTemporaryDirectory() + "openapi-\(UUID().uuidString).json"
        try Data(answer.bytes).write(to: URL(fileURLWithPath: file))
        defer { try? FileManager.default.removeItem(atPath: file) }
        let python = try await PythonEnvironment("openapi", ["openapi-spec-validator==0.9.0"])
        #expect(try await python.run("openapi_document.py", [file]).contains("valid OpenAPI 3.0"))
    }

    @Test("the document has every route of the API, and nothing of the host's")
    func completeness() async throws {
        let calls = calls()
        let document = try await calls(.get, "/openapi.json").json()
        let paths = try #require(document["paths"]?.object)
        var served: Set<String> = []
        for route in calls.responder.table.routes where route.documentation != nil {
            guard !route.path.hasPrefix("/docs"), route.path != "/openapi.json" else { continue }
            let method = route.method.rawValue.lowercased()
            #expect(paths[route.path]?[method] != nil, "\(method) \(route.path)")
            served.insert("\(method) \(route.path)")
        }
        let documented = paths.flatMap { path, item in (item.object ?? [:]).keys.map { "\($0) \(path)" } }
        #expect(Set(documented) == served)
    }

    @Test("a route of the API without documentation does not exist")
    func documentation() {
        for route in calls().responder.table.routes where route.isPrefixed {
            #expect(route.documentation != nil, "\(route.path)")
        }
    }

    @Test("operations have names of their own, and each parameter in a path is declared")
    func operations() throws {
        var names: Set<String> = []
        for route in calls().responder.table.routes {
            guard let documentation = route.documentation else { continue }
            #expect(names.insert(documentation.name).inserted, "\(documentation.name)")
            let inPath = route.path.matches(of: /{([a-z_]+)}/).map { String($0.output.1) }
            let declared = documentation.parameters.filter { $0.place == .path }.map(\.name)
            #expect(inPath == declared, "\(route.path)")
            let all = documentation.parameters.map(\.name)
            #expect(all.count == Set(all).count, "\(route.path)")
        }
    }

    @Test("every parameter is refused when it is misspelt, and every value that may not be repeated when it is")
    func strictness() async throws {
        var config = AppConfig()
        config.adminKey = AdminKey(ApiShop.key)
        let calls = TestRoutes.calls(config)
        for route in calls.responder.table.routes {
            guard let documentation = route.documentation else { continue }
            let path = route.path.replacing(/{[a-z_]+}/, with: "x")
            let unknown = try await calls(route.method, path + "?no_such_parameter=1", headers: ApiShop.admin)
            #expect(unknown.status == 400, "\(route.path)")
            for parameter in documentation.parameters where parameter.place == .query {
                guard !parameter.isRepeatable else { continue }
                let query = "?\(parameter.name)=1&\(parameter.name)=1"
                let answer = try await calls(route.method, path + query, headers: ApiShop.admin)
                #expect(answer.status == 400, "\(route.path)\(query)")
                #expect(try answer.problem()["errors"]?.array?.first?["parameter"] == .string(parameter.name))
            }
        }
    }
}
