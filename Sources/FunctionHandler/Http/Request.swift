import HTTPTypes
import NIOCore
import NIOHTTP1
import TextFormats

/// A complete request: its body has arrived.
struct Request: Sendable {
    let head: HTTPRequest
    var body = ByteBuffer()

    var method: HTTPRequest.Method { head.method }
    var headers: HTTPFields { head.headerFields }
}

/// A request as it arrives: its head, and as much of the body as there is.
struct IncomingRequest {
    let head: HTTPRequestHead
    private(set) var body = ByteBuffer()

    mutating func append(_ buffer: ByteBuffer) {
        if body.readableBytes == 0 { body = buffer } else { body.writeImmutableBuffer(buffer) }
    }

    /// By Content-Length; 0 when the body is chunked or there is none, and `Int.max` for a length that fits no `Int`: the
    /// parser accepts lengths up to 2^64 - 1.
    var announcedLength: Int {
        guard let text = head.headers.first(name: "Content-Length") else { return 0 }
        return Int(text.trimmingBlanks) ?? .max
    }

    var hasBody: Bool {
        !head.headers.isEmpty && (announcedLength > 0 || head.headers.contains(name: "Transfer-Encoding"))
    }

    var expectsContinue: Bool { head.headers.first(name: "Expect")?.lowercased() == "100-continue" }

    /// The request in the types that routes see.
    var request: Request {
        var fields = HTTPFields()
        var host: String?
        fields.reserveCapacity(head.headers.count)
        for (name, value) in head.headers {
            // A second Host stays among the fields, where the host check finds it.
            if host == nil, name.utf8.count == 4, name.lowercased() == "host" {
                host = value
            } else if let name = HTTPField.Name(name) {
                fields.append(HTTPField(name: name, value: value))
            }
        }
        let head = HTTPRequest(
            method: HTTPRequest.Method(head.method.rawValue) ?? .get,
            scheme: "http",
            authority: host,
            path: head.uri,
            headerFields: fields
        )
        return Request(head: head, body: body)
    }
}
