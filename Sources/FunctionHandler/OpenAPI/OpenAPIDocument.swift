import HTTPTypes
import TextFormats

/// The OpenAPI 3.0.3 document of the routes, written from the same table that serves them.
/// https://spec.openapis.org/oas/v3.0.3
struct OpenAPIDocument {
    private let routes: [(route: Route, documentation: RouteDocumentation)]
    private let version: String

    /// - Parameter version: of the build.
    init(_ routes: [Route], version: String) {
        self.routes = routes.compactMap { route in route.documentation.map { (route, $0) } }
        self.version = version
    }

    func bytes() -> [UInt8] {
        var writer = JSONWriter(reserving: 65_536)
        writer.object { writer in
            writer.member("openapi", "3.0.3")
            writer.key("info")
            writer.object { writer in
                writer.member("title", "Recommender shop")
                writer.member("version", version)
                writer.member("description", Self.introduction)
            }
            writer.key("servers")
            writer.array { $0.object { $0.member("url", "/api") } }
            writer.key("tags")
            writer.array { writer in for tag in tags { writer.object { $0.member("name", tag) } } }
            writer.key("paths")
            writer.object { writePaths(to: &$0) }
            writer.key("components")
            writer.object { writeComponents(to: &$0) }
        }
        return writer.finish()
    }

    private static let introduction = """
        Products, customers, their events, and recommendations made from them. Times are RFC 3339 in UTC, prices in major \
        units. Every answer that is no success is `application/problem+json` (RFC 9457): `type` ends in a stable word, `errors` \
        names the parameters or the JSON pointers at fault. A parameter that a route does not have is refused.
        """

    private var tags: [String] {
        var tags: [String] = []
        for (route, _) in routes where !tags.contains(route.tag) { tags.append(route.tag) }
        return tags
    }

    // MARK: Paths

    private func writePaths(to writer: inout JSONWriter) {
        var paths: [String] = []
        for (route, _) in routes where !paths.contains(route.path) { paths.append(route.path) }
        for path in paths {
            writer.key(dynamic: path)
            writer.object { writer in
                for (route, documentation) in routes where route.path == path {
                    writer.key(dynamic: route.method.rawValue.lowercased())
                    writer.object { Self.write(route, documentation, to: &$0) }
                }
            }
        }
    }

    private static func write(_ route: Route, _ documentation: RouteDocumentation, to writer: inout JSONWriter) {
        writer.member("operationId", documentation.name)
        writer.member("summary", documentation.summary)
        writer.key("tags")
        writer.array { $0.value(route.tag) }
        writeSecurity(route.access, to: &writer)
        if !documentation.parameters.isEmpty {
            writer.key("parameters")
            writer.array { writer in
                for parameter in documentation.parameters { write(parameter, to: &writer) }
            }
        }
        if let body = documentation.body {
            writer.key("requestBody")
            writer.object { write(body, to: &$0) }
        }
        writer.key("responses")
        writer.object { writeResponses(route, documentation, to: &$0) }
    }

    private static func writeSecurity(_ access: Access, to writer: inout JSONWriter) {
        writer.key("security")
        writer.array { writer in
            guard access == .admin else { return }
            writer.object { writer in
                writer.key("adminKey")
                writer.array { _ in }
            }
        }
    }

    private static func write(_ parameter: ParameterDeclaration, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("name", parameter.name)
            writer.member("in", parameter.place.rawValue)
            writer.member("description", parameter.about)
            if parameter.isRequired { writer.member("required", true) }
            if parameter.isRepeatable {
                writer.member("style", "form")
                writer.member("explode", true)
            }
            writer.key("schema")
            writer.object { writer in
                parameter.schema.writeMembers(to: &writer)
                if let standard = parameter.standard {
                    writer.key("default")
                    writer.value(standard)
                }
            }
            if let example = parameter.example {
                writer.key("example")
                writer.value(parameter.isRepeatable ? .array([.string(example)]) : parameter.schema.value(example))
            }
        }
    }

    private static func write(_ body: BodyDeclaration, to writer: inout JSONWriter) {
        if body.isRequired { writer.member("required", true) }
        writer.key("content")
        writer.object { writer in
            for (index, mediaType) in body.mediaTypes.enumerated() {
                writer.key(dynamic: mediaType)
                writer.object { writer in
                    writer.key("schema")
                    body.schema.write(to: &writer)
                    guard index == 0 else { return }
                    writer.key("example")
                    if mediaType == "application/json" || mediaType.hasSuffix("+json") {
                        writer.raw(body.example)
                    } else {
                        writer.value(body.example)
                    }
                }
            }
        }
    }

    private static func writeResponses(
        _ route: Route,
        _ documentation: RouteDocumentation,
        to writer: inout JSONWriter
    ) {
        var statuses: [Int] = []
        for answer in documentation.answers where !statuses.contains(answer.status.code) {
            statuses.append(answer.status.code)
        }
        for status in statuses {
            let answers = documentation.answers.filter { $0.status.code == status }
            writer.key(dynamic: String(status))
            writer.object { writer in
                writer.member("description", answers.map(\.about).joined(separator: " "))
                let contents = answers.compactMap { answer in answer.schema.map { (answer.mediaType, $0) } }
                guard !contents.isEmpty else { return }
                writer.key("content")
                writer.object { writer in
                    for (mediaType, schema) in contents {
                        writer.key(dynamic: mediaType)
                        writer.object { writer in
                            writer.key("schema")
                            schema.write(to: &writer)
                        }
                    }
                }
            }
        }
        for (status, about) in route.problems(documentation).sorted(by: { $0.key < $1.key }) {
            writer.key(dynamic: String(status))
            writer.object { writeProblem(about, to: &$0) }
        }
        writer.key("default")
        writer.object { writeProblem("Any other failure.", to: &$0) }
    }

    private static func writeProblem(_ about: String, to writer: inout JSONWriter) {
        writer.member("description", about)
        writer.key("content")
        writer.object { writer in
            writer.key("application/problem+json")
            writer.object { writer in
                writer.key("schema")
                Problem.schema.write(to: &writer)
            }
        }
    }

    // MARK: Components

    private func writeComponents(to writer: inout JSONWriter) {
        writer.key("schemas")
        writer.object { writer in
            for (name, schema) in namedSchemas().sorted(by: { $0.key < $1.key }) {
                writer.key(dynamic: name)
                writer.object { schema.writeMembers(to: &$0) }
            }
        }
        writer.key("securitySchemes")
        writer.object { writer in
            writer.key("adminKey")
            writer.object { writer in
                writer.member("type", "apiKey")
                writer.member("in", "header")
                writer.member("name", "X-Admin-Key")
            }
        }
    }

    private func namedSchemas() -> [String: Schema] {
        var named: [String: Schema] = [:]
        func collect(_ schema: Schema) {
            if let name = schema.name {
                guard named[name] == nil else { return }
                var bare = schema
                bare.isNullable = false
                named[name] = bare
            }
            for part in schema.parts { collect(part) }
        }
        collect(Problem.schema)
        for (_, documentation) in routes {
            for answer in documentation.answers { answer.schema.map(collect) }
            if let body = documentation.body { collect(body.schema) }
        }
        return named
    }
}

extension Schema {
    /// What a text in a URL is as JSON.
    fileprivate func value(_ text: String) -> JSONValue {
        switch form {
        case .boolean, .integer, .number: (try? JSONParser.parse(text)) ?? .string(text)
        case .any, .nothing, .string, .array, .object, .anyOf: .string(text)
        }
    }
}

extension Route {
    /// The first segment of its path.
    fileprivate var tag: String { path.split(separator: "/").first.map(String.init) ?? "" }

    /// Problems that follow from what the route takes, and those that it names itself.
    fileprivate func problems(_ documentation: RouteDocumentation) -> [Int: String] {
        var problems = [400: "A parameter or the body is not what the route takes."]
        if access == .admin {
            problems[401] = "A credential is missing."
            problems[403] = "The credential is not an administrator's, or admin routes are closed."
        }
        if documentation.parameters.contains(where: { $0.place == .path }) { problems[404] = "There is no such thing." }
        if documentation.body != nil {
            problems[413] = "The body is too large."
            problems[415] = "The body is of another media type."
        }
        for (status, about) in documentation.problems { problems[status.code] = about }
        return problems
    }
}
