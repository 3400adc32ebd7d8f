import HTTPTypes
import Hummingbird
import NIOCore
import TextFormats

extension Response {
    /// A JSON body that is written already.
    static func json(
        _ body: [UInt8],
        status: HTTPResponse.Status = .ok,
        headers: HTTPFields = HTTPFields()
    ) -> Response {
        var headers = headers
        headers[.contentType] = "application/json"
        return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: body)))
    }

    /// A JSON object written by the closure.
    static func json(
        status: HTTPResponse.Status = .ok,
        headers: HTTPFields = HTTPFields(),
        reserving capacity: Int = 512,
        _ members: (inout JSONWriter) throws -> Void
    ) rethrows -> Response {
        var writer = JSONWriter(reserving: capacity)
        try writer.object(members)
        return json(writer.finish(), status: status, headers: headers)
    }
}
