import Composition
import HTTPTypes
import Hummingbird
import NIOCore
import TextFormats

/// Reads a whole body under the size limit and the time limit, and as JSON.
struct RequestBodyReader: Sendable {
    let limit: Int
    var timeout = ServerLimits.bodyTimeout

    /// - Throws: 413 past the limit (at once when Content-Length says so), 408 past the time limit.
    func bytes(of request: Request) async throws -> ByteBuffer {
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limit {
            throw Problem.bodyTooLarge(limit: limit)
        }
        let limit = limit
        return try await withThrowingTaskGroup(of: ByteBuffer?.self) { group in
            group.addTask {
                do {
                    return try await request.body.collect(upTo: limit)
                } catch is NIOTooManyBytesError {
                    throw Problem.bodyTooLarge(limit: limit)
                }
            }
            group.addTask { [timeout] in
                try await Task.sleep(for: timeout)
                return nil
            }
            defer { group.cancelAll() }
            guard let body = try await group.next() ?? nil else {
                throw Problem.requestTimeout(seconds: timeout.components.seconds)
            }
            return body
        }
    }

    /// The body as JSON; nil when there is none.
    ///
    /// A chunked upload loses its body on the way through a forwarding host, so a route that needs one answers 400.
    /// - Throws: 415 for another content type or an encoded body, 400 for what is not JSON.
    func json(of request: Request) async throws -> JSONValue? {
        let body = try await bytes(of: request)
        guard body.readableBytes > 0 else { return nil }
        if let encoding = request.headers[.contentEncodingName], encoding.lowercased() != "identity" {
            throw Problem.unsupportedEncoding
        }
        try Self.checkContentType(request.headers[.contentType])
        do {
            return try JSONParser.parse(Array(body.readableBytesView))
        } catch {
            throw Problem.malformedJSON(error)
        }
    }

    static func checkContentType(_ contentType: String?) throws(Problem) {
        guard let contentType else { throw .unsupportedMediaType(nil) }
        let media = contentType.prefix { $0 != ";" && $0 != " " }.lowercased()
        guard media == "application/json" || (media.hasPrefix("application/") && media.hasSuffix("+json")) else {
            throw .unsupportedMediaType(contentType)
        }
        for parameter in contentType.split(separator: ";").dropFirst() {
            let parts = parameter.split(separator: "=", maxSplits: 1).map { String($0).trimmingBlanks.lowercased() }
            guard parts.count == 2, parts[0] == "charset" else { continue }
            guard ["utf-8", "utf8", "\"utf-8\"", "\"utf8\""].contains(parts[1]) else { throw .unsupportedCharset }
        }
    }
}
