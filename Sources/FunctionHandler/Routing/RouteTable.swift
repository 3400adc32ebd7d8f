import HTTPTypes

/// The one table of routes. The responder serves from it and the access test walks it, so neither can know a route the
/// other does not.
///
/// A lookup walks the segments once; it costs a hash per segment and no allocation besides the captured values.
struct RouteTable: Sendable {
    static let apiPrefix: Substring = "api"

    enum Match {
        case route(Route, PathParameters)
        /// The path exists for these methods only.
        case otherMethod(allowed: [HTTPRequest.Method])
        case none
    }

    let routes: [Route]
    private var prefixed = Tree()
    private var bare = Tree()

    init(_ routes: [Route]) {
        self.routes = routes
        for (index, route) in routes.enumerated() {
            if route.isPrefixed { prefixed.insert(route, index) }
            bare.insert(route, index)
        }
    }

    /// - Parameter path: as sent, without the query. Segments are compared undecoded, so no encoding of a function's name
    ///   is taken for the name.
    func match(_ method: HTTPRequest.Method, path: Substring) -> Match {
        guard path.utf8.first == UInt8(ascii: "/") else { return .none }
        var rest = path[path.utf8.index(after: path.startIndex)...]
        let first = rest.firstSegment
        let tree: Tree
        if first == Self.apiPrefix, first.endIndex < rest.endIndex {
            rest = rest[rest.utf8.index(after: first.endIndex)...]
            tree = prefixed
        } else {
            tree = bare
        }
        var parameters: PathParameters = []
        guard let node = tree.find(rest, &parameters) else { return .none }
        // HEAD is GET without the body, wherever GET is served.
        let methods = tree.nodes[node].methods
        if let index = methods[method] ?? (method == .head ? methods[.get] : nil) {
            return .route(routes[index], parameters)
        }
        let visible = methods.filter { routes[$0.value].access != .host }
        guard !visible.isEmpty else { return .none }
        return .otherMethod(allowed: Self.allowed(visible.keys))
    }

    private static func allowed(_ methods: some Sequence<HTTPRequest.Method>) -> [HTTPRequest.Method] {
        var names = Set(methods.map(\.rawValue))
        if names.contains("GET") { names.insert("HEAD") }
        names.insert("OPTIONS")
        return names.sorted().compactMap { HTTPRequest.Method($0) }
    }
}

extension RouteTable {
    /// A prefix tree over path segments.
    private struct Tree: Sendable {
        struct Node: Sendable {
            var literals: [Substring: Int] = [:]
            var parameter: (name: String, node: Int)?
            var methods: [HTTPRequest.Method: Int] = [:]
        }

        private(set) var nodes = [Node()]

        mutating func insert(_ route: Route, _ index: Int) {
            var node = 0
            for segment in route.path.split(separator: "/") { node = child(of: node, for: segment) }
            precondition(nodes[node].methods[route.method] == nil, "two routes for \(route.method) \(route.path)")
            nodes[node].methods[route.method] = index
        }

        private mutating func child(of node: Int, for segment: Substring) -> Int {
            if segment.hasPrefix("{"), segment.hasSuffix("}") {
                let name = String(segment.dropFirst().dropLast())
                if let known = nodes[node].parameter {
                    precondition(known.name == name, "one path parameter has two names: \(known.name), \(name)")
                    return known.node
                }
                nodes[node].parameter = (name, nodes.count)
            } else {
                if let child = nodes[node].literals[segment] { return child }
                nodes[node].literals[segment] = nodes.count
            }
            nodes.append(Node())
            return nodes.count - 1
        }

        /// A literal wins over a parameter; a single slash at the end is ignored.
        func find(_ path: Substring, _ parameters: inout PathParameters) -> Int? {
            var node = 0
            var rest = path
            while !rest.isEmpty {
                let segment = rest.firstSegment
                guard !segment.isEmpty else { return nil }
                if let child = nodes[node].literals[segment] {
                    node = child
                } else if let parameter = nodes[node].parameter {
                    parameters.append((parameter.name, segment))
                    node = parameter.node
                } else {
                    return nil
                }
                rest = rest[segment.endIndex...]
                if !rest.isEmpty { rest = rest[rest.utf8.index(after: rest.startIndex)...] }
            }
            return node
        }
    }
}

extension Substring {
    /// Up to the first slash. In bytes, because looking for a character means finding where each of them ends.
    fileprivate var firstSegment: Substring { self[..<(utf8.firstIndex(of: UInt8(ascii: "/")) ?? endIndex)] }
}

/// Names and values of path parameters, still percent-encoded.
typealias PathParameters = [(name: String, value: Substring)]
