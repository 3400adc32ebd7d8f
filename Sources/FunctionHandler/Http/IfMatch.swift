import HTTPTypes
import TextFormats

/// The condition of a write: what the client saw last (RFC 9110, section 13.1.1).
struct IfMatch: Sendable {
    private let tags: [String]

    init(_ value: String) {
        tags = value.split(separator: ",").map(\.trimmingBlanks)
    }

    /// - Parameter current: the strong validator of what is stored.
    /// - Throws: 412 when the client saw something else.
    func check(_ current: String) throws(Problem) {
        guard !tags.contains("*"), !tags.contains(current) else { return }
        throw Problem(.preconditionFailed, "precondition-failed", "It has changed").saying(
            "what is stored is not what If-Match names; read it again",
            faults: [.init(.header, "If-Match", "is not the current ETag")],
            headers: [.eTag: current]
        )
    }
}

extension RouteInput where Value == IfMatch {
    /// Required: nobody overwrites what they have not seen.
    static var ifMatch: RouteInput {
        let declaration = ParameterDeclaration(
            name: "If-Match",
            place: .header,
            schema: .string,
            about: "The ETag of what was read last, or * for whatever is there.",
            isRequired: true,
            example: "*"
        )
        return RouteInput([declaration]) { (arguments) throws(Problem) in
            guard let value = arguments.request.headers[.ifMatch] else {
                throw Problem(.preconditionRequired, "precondition-required", "If-Match is required").saying(
                    "send the ETag of what you read last in If-Match, or * for whatever is there",
                    faults: [.init(.header, "If-Match", "is missing")]
                )
            }
            return IfMatch(value)
        }
    }
}
