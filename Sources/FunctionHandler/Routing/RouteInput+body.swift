import TextFormats

extension RouteInput {
    /// The request's body as JSON.
    /// - Parameters:
    ///   - example: a complete body.
    ///   - read: makes the value, or throws `Problem` with every fault.
    static func json(
        _ schema: Schema,
        example: String,
        _ read: @escaping @Sendable (JSONValue) throws(Problem) -> Value
    ) -> RouteInput {
        RouteInput([], body: BodyDeclaration(schema: schema, example: example)) { (arguments) throws(Problem) in
            guard let body = try arguments.request.bodies.json(of: arguments.request.request) else {
                throw .badRequest("a body is required, such as \(example)")
            }
            return try read(body)
        }
    }

    /// The request's body as a JSON object.
    /// - Parameter read: makes the value from its members; nil with the faults in the reader.
    static func object(
        _ schema: Schema,
        example: String,
        _ read: @escaping @Sendable (inout ObjectReader) -> Value?
    ) -> RouteInput {
        json(schema, example: example) { (body) throws(Problem) in
            var reader = ObjectReader(body, at: "#")
            guard let value = read(&reader), reader.faults.isEmpty else { throw .invalidBody(reader.faults) }
            return value
        }
    }
}
