import HTTPTypes
import NIOCore
import TextFormats

/// Reads the body of a request under a size limit, as bytes or as JSON. The connection has received it completely.
struct RequestBodyReader: Sendable {
    /// In bytes.
    let limit: Int

    /// - Throws: 413 for a body over the limit.
    func bytes(of request: Request) throws(Problem) -> [UInt8] {
        guard request.body.readableBytes <= limit else { throw .bodyTooLarge(limit: limit) }
        return Array(request.body.readableBytesView)
    }

    /// The body as JSON; nil when there is none.
    ///
    /// A chunked upload loses its body on the way through a forwarding host, so a route that needs one answers 400.
    /// - Throws: 415 for another content type or an encoded body, 400 for what is not JSON.
    func json(of request: Request) throws(Problem) -> JSONValue? {
        let body = try bytes(of: request)
        guard !body.isEmpty else { return nil }
        if let encoding = request.headers[.contentEncoding], encoding.lowercased() != "identity" {
            throw .unsupportedEncoding
        }
        try Self.checkContentType(request.headers[.contentType])
        do {
            return try JSONParser.parse(body)
        } catch {
            throw .malformedJSON(error)
        }
    }

    private static func checkContentType(_ contentType: String?) throws(Problem) {
        guard let contentType else { throw .unsupportedMediaType(nil) }
        let media = contentType.prefix { $0 != ";" && $0 != " " }.lowercased()
        guard media == "application/json" || (media.hasPrefix("application/") && media.hasSuffix("+json")) else {
            throw .unsupportedMediaType(contentType)
        }
        for parameter in contentType.split(separator: ";").dropFirst() {
            let parts = parameter.split(separator: "=", maxSplits: 1).map { $0.trimmingBlanks.lowercased() }
            guard parts.count == 2, parts[0] == "charset" else { continue }
            guard ["utf-8", "utf8", "\"utf-8\"", "\"utf8\""].contains(parts[1]) else { throw .unsupportedCharset }
        }
    }
}
