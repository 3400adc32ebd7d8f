import HTTPTypes
import TextFormats

/// A complete answer. The connection writes head and body into one buffer; it adds Date, Content-Length and Connection.
struct Response: Sendable {
    var status: HTTPResponse.Status
    var headers: HTTPFields = [:]
    var body: [UInt8] = []
    /// Where a list came from, for the counts of requests; not sent.
    var source = ""

    /// A JSON body that is already serialised.
    static func json(_ body: [UInt8], status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]) -> Response {
        var headers = headers
        headers[.contentType] = "application/json"
        return Response(status: status, headers: headers, body: body)
    }

    /// A JSON object written by the closure.
    static func json(
        status: HTTPResponse.Status = .ok,
        headers: HTTPFields = [:],
        reserving capacity: Int = 512,
        _ members: (inout JSONWriter) throws -> Void
    ) rethrows -> Response {
        var writer = JSONWriter(reserving: capacity)
        try writer.object(members)
        return json(writer.finish(), status: status, headers: headers)
    }

    /// The same answer to HEAD: the length is announced, the body is not sent.
    var withoutBody: Response {
        var response = self
        response.headers[.contentLength] = String(body.count)
        response.body = []
        return response
    }
}

extension HTTPFields {
    /// For answers that are of one caller and one moment.
    static let noStore: HTTPFields = [.cacheControl: "private, no-store"]
}
