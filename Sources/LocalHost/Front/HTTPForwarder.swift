import AsyncHTTPClient
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOHTTP1

/// Passes an HTTP request to the handler, by one of the host's two modes.
struct HTTPForwarder: Sendable {
    enum Mode: String, Sendable, CaseIterable {
        /// Streams both ways, like a reverse proxy.
        case proxying
        /// Copies the request, buffers the answer.
        case forwarding
    }

    /// Proxying ends a connection on which nothing was read for this long.
    static let inactivityLimit: Duration = .seconds(240)
    /// Proxying repeats a failed connect this often (so eleven attempts).
    static let connectRetries = 10

    let mode: Mode
    let client: HandlerClient
    let gate: HandlerGate
    let functionTimeout: Duration?
    let readyLimit: Duration
    let logger: Logger

    /// One request on its way.
    struct Call: Sendable {
        var function: String
        var method: HTTPRequest.Method
        var path: RequestPath
        var incoming: HeaderRules.Incoming
        var body: LimitedBody
        var contentLength: Int?
        var isChunked: Bool
    }

    /// - Throws: whatever kept the handler from answering; the front turns it into a 500.
    func respond(to call: Call) async throws -> Response {
        let endpoint = try await gate.endpoint(within: readyLimit)
        let deadline = FunctionDeadline(functionTimeout, gate: gate, function: call.function)
        let answer = try await deadline.enforce(generation: endpoint.generation) {
            switch mode {
            case .proxying: try await sendWithRetries(proxied(call, port: endpoint.port))
            case .forwarding: try await client.send(forwarded(call, port: endpoint.port))
            }
        }
        switch mode {
        case .forwarding:
            let body = try await deadline.enforce(generation: endpoint.generation) {
                var whole = ByteBuffer()
                for try await var part in answer.body { whole.writeBuffer(&part) }
                return whole
            }
            return response(answer, to: call.method, body: ResponseBody(byteBuffer: body))
        case .proxying:
            let length = answer.headers.first(name: "content-length").flatMap { Int($0) }
            let stream = ResponseBody(contentLength: length) { writer in
                // The rest of functionTimeout; the kill breaks the connection and so ends the loop.
                let watch = deadline.watch(generation: endpoint.generation)
                defer { watch?.cancel() }
                for try await part in answer.body { try await writer.write(part) }
                try await writer.finish(nil)
            }
            return response(answer, to: call.method, body: stream)
        }
    }

    /// Forwarding: path with its prefix, query rebuilt from parsed values, body only with Content-Length above zero.
    func forwarded(_ call: Call, port: Int) -> HTTPClientRequest {
        var target = call.path.path
        if call.path.query != nil {
            target +=
                "?"
                + call.path.joinedQueryItems
                .map { "\($0.name.queryEncoded)=\($0.value.queryEncoded)" }.joined(separator: "&")
        }
        let length = call.contentLength ?? 0
        var request = HTTPClientRequest(url: HandlerClient.url(port: port, target: target))
        request.method = HTTPMethod(rawValue: call.method.rawValue)
        request.headers = HeaderRules.forwarding(call.incoming, hasBody: length > 0)
        if length > 0 { request.body = .stream(call.body, length: .known(Int64(length))) }
        return request
    }

    /// Proxying: path and query as they came, the body with the framing it came with.
    func proxied(_ call: Call, port: Int) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: HandlerClient.url(port: port, target: call.path.target))
        request.method = HTTPMethod(rawValue: call.method.rawValue)
        request.headers = HeaderRules.proxying(call.incoming, port: port)
        if call.isChunked {
            request.body = .stream(call.body, length: .unknown)
        } else if let length = call.contentLength {
            request.body = .stream(call.body, length: .known(Int64(length)))
        }
        return request
    }

    /// A connect that failed sent nothing, so the request (and its unread body) can go again.
    private func sendWithRetries(_ request: HTTPClientRequest) async throws -> HTTPClientResponse {
        for attempt in 1...Self.connectRetries {
            do {
                return try await client.send(request)
            } catch  where HandlerClient.isConnectError(error) {
                logger.debug("connect failed, attempt \(attempt)")
                try await Task.sleep(for: .milliseconds(Int.random(in: 50...250)))
            }
        }
        return try await client.send(request)
    }

    /// The handler's answer with the given body. Answers that cannot have one keep the handler's Content-Length.
    private func response(_ answer: HTTPClientResponse, to method: HTTPRequest.Method, body: ResponseBody) -> Response {
        let fields = HeaderRules.response(answer.headers)
        let status = HTTPResponse.Status(code: Int(answer.status.code), reasonPhrase: answer.status.reasonPhrase)
        guard method != .head, status.code != 204, status.code != 304 else {
            var response = Response(status: status, headers: fields)
            response.headers[.contentLength] = fields[.contentLength]
            return response
        }
        return Response(status: status, headers: fields, body: body)
    }
}

extension String {
    /// RFC 3986 encoding of a query name or value: only unreserved characters stay.
    var queryEncoded: String {
        var result = ""
        for byte in utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let hex = String(byte, radix: 16, uppercase: true)
                result += hex.count == 1 ? "%0\(hex)" : "%\(hex)"
            }
        }
        return result
    }
}
