/// Finds the HTTP function for a path and a method, as the host routes before it calls the handler.
struct FunctionRouteTable: Sendable {
    /// A hit: the function and its route values.
    struct Match: Sendable {
        let function: FunctionDefinition
        let trigger: HTTPTrigger
        let values: [String: String]
    }

    private let prefix: [String]
    private let routes: [(function: FunctionDefinition, trigger: HTTPTrigger)]

    init(functions: [FunctionDefinition], prefix: String) {
        self.prefix = prefix.split(separator: "/").map { $0.lowercased() }
        routes = functions.compactMap { function in function.httpTrigger.map { (function, $0) } }
            .sorted { RouteTemplate.precedes($0.1.route, $1.1.route) }
    }

    /// The function for a normalised path; nil (a 404) also when only the method does not fit.
    func match(path: RequestPath, method: String) -> Match? {
        let segments = path.segments
        guard segments.count >= prefix.count,
            zip(segments, prefix).allSatisfy({ $0.percentDecoded.lowercased() == $1 })
        else { return nil }
        let rest = Array(segments.dropFirst(prefix.count))
        for (function, trigger) in routes where trigger.methods?.contains(method.uppercased()) ?? true {
            if let values = trigger.route.match(rest) {
                return Match(function: function, trigger: trigger, values: values)
            }
        }
        return nil
    }
}
