import HTTPTypes
import TextFormats

/// Something that a route takes from a request: how clients are told of it, and how its value is made. A route's handler
/// receives the values of its inputs and reads nothing else of the request.
///
/// An object, so that a request takes it over by one reference.
final class RouteInput<Value: Sendable>: Sendable {
    typealias Decode = @Sendable (borrowing RouteArguments) throws(Problem) -> Value

    let parameters: [ParameterDeclaration]
    let body: BodyDeclaration?
    let decode: Decode

    init(_ parameters: [ParameterDeclaration], body: BodyDeclaration? = nil, _ decode: @escaping Decode) {
        (self.parameters, self.body, self.decode) = (parameters, body, decode)
    }

    /// Several inputs as one value; the place for checks between them.
    convenience init<each Part: Sendable>(
        _ parts: repeat RouteInput<each Part>,
        combining make: @escaping @Sendable (repeat each Part) throws(Problem) -> Value
    ) {
        var parameters: [ParameterDeclaration] = []
        var body: BodyDeclaration?
        for part in repeat each parts {
            parameters += part.parameters
            if let declared = part.body { body = declared }
        }
        let parts = (repeat each parts)
        self.init(parameters, body: body) { (arguments) throws(Problem) in
            try make(repeat try (each parts).decode(arguments))
        }
    }
}

/// A parameter as clients are told of it.
struct ParameterDeclaration: Sendable {
    enum Place: String, Sendable { case path, query, header }

    let name: String
    var place = Place.query
    let schema: Schema
    let about: String
    var isRequired = false
    /// Whether it may be given more than once; all values count.
    var isRepeatable = false
    /// The value when it is not given.
    var standard: JSONValue?
    /// A value that works in a shop with the documented examples, as a client would write it.
    var example: String?
}

/// A request body as clients are told of it.
struct BodyDeclaration: Sendable {
    var mediaTypes = ["application/json"]
    let schema: Schema
    /// A complete body, of the first media type.
    let example: String
    var isRequired = true
}

/// What the inputs of a route are decoded from: a request whose query is split and known to be the route's.
struct RouteArguments: Sendable {
    let request: RoutedRequest
    /// Decoded, in normal form C, in the order of the query.
    private let query: [(name: Substring, value: String)]

    /// - Throws: `Problem` for a parameter that the route does not have or that is repeated and may not be, and for a broken
    ///   percent sequence.
    init(_ request: RoutedRequest, _ parameters: QueryNames) throws(Problem) {
        self.request = request
        guard let text = request.query, !text.isEmpty else {
            query = []
            return
        }
        var query: [(name: Substring, value: String)] = []
        for part in text.split(separator: "&") {
            let equals = part.utf8.firstIndex(of: UInt8(ascii: "="))
            let raw = part[..<(equals ?? part.endIndex)]
            let name = try parameters.name(raw)
            guard parameters.isRepeatable(name) || !query.contains(where: { $0.name == name }) else {
                throw .invalidParameter(String(name), "given more than once")
            }
            let value = equals.map { part[part.utf8.index(after: $0)...] } ?? ""
            guard let decoded = PercentEncoding.decode(value, plusIsBlank: true) else {
                throw .invalidParameter(
                    String(name),
                    "contains U+0000 or a broken percent sequence; encode text as UTF-8, % as %25"
                )
            }
            query.append((name, decoded.nfc))
        }
        self.query = query
    }

    /// The value of a parameter, `""` for `name` without `=`.
    func text(_ name: String) -> String? { query.first { $0.name == name }?.value }

    /// All values of a repeatable parameter.
    func texts(_ name: String) -> [String] { query.filter { $0.name == name }.map(\.value) }
}

/// The query parameters that a route has.
struct QueryNames: Sendable {
    private let names: [String]
    private let repeatable: [String]

    init(_ parameters: [ParameterDeclaration]) {
        let query = parameters.filter { $0.place == .query }
        names = query.map(\.name)
        repeatable = query.filter(\.isRepeatable).map(\.name)
    }

    func isRepeatable(_ name: Substring) -> Bool { repeatable.contains { $0 == name } }

    /// The name as the route has it.
    /// - Throws: `Problem` that names the nearest parameter there is.
    func name(_ raw: Substring) throws(Problem) -> Substring {
        if names.contains(where: { $0 == raw }) { return raw }
        let decoded = PercentEncoding.decode(raw, plusIsBlank: true) ?? String(raw)
        if names.contains(decoded) { return decoded[...] }
        let name = decoded.shortenedForMessage
        if let nearest = Spelling.nearest(to: decoded, in: names) {
            throw .invalidParameter(name, "is not a parameter of this route; did you mean \(nearest)?")
        }
        let known = names.isEmpty ? "it has none" : "it has \(names.joined(separator: ", "))"
        throw .invalidParameter(name, "is not a parameter of this route; \(known)")
    }
}

/// Which of a few names somebody meant.
enum Spelling {
    /// The name with the smallest edit distance, when at most a third of its letters differ.
    static func nearest(to text: String, in names: [String]) -> String? {
        guard text.utf8.count <= 64 else { return nil }
        let ranked = names.map { ($0, EditDistance.between(text.lowercased(), $0)) }
        guard let best = ranked.min(by: { $0.1 < $1.1 }), best.1 <= max(1, best.0.utf8.count / 3) else {
            // A part of a longer name: `filter` for `category_filter`.
            return text.utf8.count >= 3 ? names.first { $0.contains(text.lowercased()) } : nil
        }
        return best.0
    }
}
