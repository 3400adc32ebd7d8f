import HTTPTypes
import Logging
import NIOCore
import Testing
import TextFormats

@testable import FunctionHandler

/// Asks a responder directly: no socket, and full control over Host and headers.
struct Calls {
    var responder: AppResponder
    var authority = "127.0.0.1:7071"

    static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    struct Answer {
        let status: Int
        let headers: HTTPFields
        let bytes: [UInt8]

        var text: String { String(decoding: bytes, as: UTF8.self) }

        func json() throws -> JSONValue { try JSONParser.parse(bytes) }

        /// The body as a problem, after checking what every problem must have.
        func problem(sourceLocation: SourceLocation = #_sourceLocation) throws -> JSONValue {
            #expect(headers[.contentType] == "application/problem+json", sourceLocation: sourceLocation)
            let body = try json()
            #expect(body["status"]?.integer == Int64(status), sourceLocation: sourceLocation)
            for name in ["type", "title", "detail"] {
                #expect(body[name]?.string?.isEmpty == false, "\(name) is missing", sourceLocation: sourceLocation)
            }
            return body
        }
    }

    func callAsFunction(
        _ method: HTTPRequest.Method,
        _ path: String,
        headers: HTTPFields = [:],
        body: String? = nil
    ) async throws -> Answer {
        var headers = headers
        let buffer = ByteBuffer(string: body ?? "")
        if body != nil {
            headers[.contentLength] = String(buffer.readableBytes)
            if headers[.contentType] == nil { headers[.contentType] = "application/json" }
        }
        let head = HTTPRequest(method: method, scheme: "http", authority: authority, path: path, headerFields: headers)
        let response = await responder.answer(Request(head: head, body: buffer))
        return Answer(status: response.status.code, headers: response.headers, bytes: response.body)
    }
}
