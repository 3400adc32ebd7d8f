import CCurl
import TextFormats

/// One request in flight and the response so far. Only the transport's thread touches it; libcurl's callbacks get
/// an unretained pointer to it, which ``CurlLoop`` keeps alive until the handle is removed.
final class CurlExchange {
    let id: Int
    let reply: CurlReply
    let easy: UnsafeMutableRawPointer
    private let request: HTTPRequest
    private var headerList: UnsafeMutablePointer<curl_slist>?
    private var sent = 0
    /// How often the request's head was sent.
    private var sendings = 0
    private var headers: HTTPHeaders = [:]
    private var body: [UInt8] = []
    private var isTooLarge = false
    /// Whether the blank line after the fields was received. Without it libcurl takes the end of the connection for the end
    /// of the response.
    private var isHeadComplete = false
    /// libcurl writes the details of an error here.
    private let errorText = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))

    /// One read or write of a socket; libcurl's own are 16 and 64 KiB.
    private static let bufferSize = 512 << 10

    init(id: Int, request: HTTPRequest, reply: CurlReply, easy: UnsafeMutableRawPointer) {
        self.id = id
        self.request = request
        self.reply = reply
        self.easy = easy
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    deinit { errorText.deallocate() }

    // MARK: - Before

    func configure(caFile: String?) {
        let context = Unmanaged.passUnretained(self).toOpaque()
        ccurl_set_pointer(easy, CURLOPT_PRIVATE, context)
        ccurl_set_pointer(easy, CURLOPT_ERRORBUFFER, errorText)
        ccurl_set_pointer(easy, CURLOPT_URL, request.url)
        ccurl_set_long(easy, CURLOPT_PATH_AS_IS, 1)
        ccurl_set_long(easy, CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        ccurl_set_long(easy, CURLOPT_NOSIGNAL, 1)
        ccurl_set_long(easy, CURLOPT_NOPROGRESS, 1)
        ccurl_set_long(easy, CURLOPT_TCP_NODELAY, 1)
        ccurl_set_long(easy, CURLOPT_BUFFERSIZE, Self.bufferSize)
        ccurl_set_long(easy, CURLOPT_UPLOAD_BUFFERSIZE, Self.bufferSize)
        ccurl_set_long(easy, CURLOPT_FOLLOWLOCATION, 0)
        ccurl_allow_http_only(easy)
        if let caFile { ccurl_set_pointer(easy, CURLOPT_CAINFO, caFile) }
        if !request.usesProxy { ccurl_set_pointer(easy, CURLOPT_NOPROXY, "*") }
        ccurl_set_long(easy, CURLOPT_CONNECTTIMEOUT_MS, request.connectTimeout.milliseconds)
        ccurl_set_long(easy, CURLOPT_LOW_SPEED_LIMIT, request.lowSpeedLimit)
        ccurl_set_long(easy, CURLOPT_LOW_SPEED_TIME, max(1, Int(request.lowSpeedTime.components.seconds)))
        if let total = request.totalTimeout { ccurl_set_long(easy, CURLOPT_TIMEOUT_MS, total.milliseconds) }
        configureBody(context)
        configureHeaders()
        // The only way to learn that libcurl sent a request again by itself.
        ccurl_set_long(easy, CURLOPT_VERBOSE, 1)
        ccurl_set_trace(easy) { _, type, bytes, count, context in
            if type == CURLINFO_HEADER_OUT { CurlExchange.of(context).countSending(bytes, count) }
            return 0
        }
        ccurl_set_pointer(easy, CURLOPT_DEBUGDATA, context)
        ccurl_set_transfer(easy, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            CurlExchange.of(context).receiveHeader(bytes, size * count)
        }
        ccurl_set_pointer(easy, CURLOPT_HEADERDATA, context)
        ccurl_set_transfer(easy, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
            CurlExchange.of(context).receive(bytes, size * count)
        }
        ccurl_set_pointer(easy, CURLOPT_WRITEDATA, context)
    }

    private func configureBody(_ context: UnsafeMutableRawPointer) {
        if let body = request.body {
            ccurl_set_long(easy, CURLOPT_UPLOAD, 1)
            ccurl_set_offset(easy, CURLOPT_INFILESIZE_LARGE, curl_off_t(body.count))
            ccurl_set_transfer(easy, CURLOPT_READFUNCTION) { bytes, size, count, context in
                CurlExchange.of(context).provide(bytes, size * count)
            }
            ccurl_set_pointer(easy, CURLOPT_READDATA, context)
            // When a reused connection turns out to be closed, libcurl opens a new one and starts again.
            ccurl_set_seek(easy) { context, offset, origin in
                guard origin == 0 else { return CURL_SEEKFUNC_CANTSEEK }
                CurlExchange.of(context).sent = Int(offset)
                return CURL_SEEKFUNC_OK
            }
            ccurl_set_pointer(easy, CURLOPT_SEEKDATA, context)
        }
        if request.method == "HEAD" {
            ccurl_set_long(easy, CURLOPT_NOBODY, 1)
        } else {
            ccurl_set_pointer(easy, CURLOPT_CUSTOMREQUEST, request.method)
        }
    }

    private func configureHeaders() {
        // An empty value removes a field that libcurl would add by itself.
        var lines = ["Expect:"]
        for name in ["Accept", "Content-Type"] where request.headers[name] == nil { lines.append("\(name):") }
        for field in request.headers.fields where field.name.lowercased() != "content-length" {
            lines.append(field.value.isEmpty ? "\(field.name);" : "\(field.name): \(field.value)")
        }
        for line in lines { headerList = curl_slist_append(headerList, line) }
        ccurl_set_pointer(easy, CURLOPT_HTTPHEADER, headerList)
    }

    func freeHeaders() {
        curl_slist_free_all(headerList)
        headerList = nil
    }

    // MARK: - In flight

    private static func of(_ context: UnsafeMutableRawPointer?) -> CurlExchange {
        guard let context else { preconditionFailure("libcurl lost its context") }
        return Unmanaged<CurlExchange>.fromOpaque(context).takeUnretainedValue()
    }

    private func provide(_ bytes: UnsafeMutablePointer<CChar>?, _ room: Int) -> Int {
        guard let bytes, let body = request.body else { return 0 }
        let count = min(room, body.count - sent)
        guard count > 0 else { return 0 }
        body.withUnsafeBytes { source in
            UnsafeMutableRawBufferPointer(start: bytes, count: count)
                .copyMemory(from: UnsafeRawBufferPointer(rebasing: source[sent..<sent + count]))
        }
        sent += count
        return count
    }

    private func countSending(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) {
        let head = String(decoding: UnsafeRawBufferPointer(start: bytes, count: min(count, 8)), as: UTF8.self)
        // CONNECT to a proxy is not the request itself.
        if head != "CONNECT " { sendings += 1 }
    }

    private func receiveHeader(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
        guard let bytes else { return count }
        let line = String(decoding: UnsafeRawBufferPointer(start: bytes, count: count), as: UTF8.self)
        // Each interim response has fields of its own.
        if line.hasPrefix("HTTP/") {
            headers = [:]
            isHeadComplete = false
        }
        if line == "\r\n" || line == "\n" { isHeadComplete = true }
        guard let colon = line.firstIndex(of: ":") else { return count }
        headers.append(String(line[..<colon]), line[line.index(after: colon)...].trimmingBlanks)
        return count
    }

    private func receive(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
        guard let bytes else { return count }
        guard body.count + count <= request.responseLimit else {
            isTooLarge = true
            return 0
        }
        if body.isEmpty, let text = headers["Content-Length"], let length = Int(text), length > 0 {
            body.reserveCapacity(min(length, request.responseLimit))
        }
        body.append(contentsOf: UnsafeRawBufferPointer(start: bytes, count: count))
        return count
    }

    // MARK: - After

    func finish(_ result: CURLcode) {
        guard result != CURLE_OK else {
            guard isHeadComplete else { return reply.fail(.interrupted, "the response ended within its head") }
            var status = 0
            ccurl_get_long(easy, CURLINFO_RESPONSE_CODE, &status)
            reply.succeed(
                HTTPResponse(status: status, headers: headers, body: body, wasRepeated: sendings > 1)
            )
            return
        }
        if isTooLarge {
            reply.fail(.tooLarge, "the response is longer than \(request.responseLimit) bytes")
            return
        }
        let details = String(cString: errorText)
        // The request was sent at least once, whatever prevented sending it again.
        let kind = sendings > 0 && result != CURLE_OPERATION_TIMEDOUT ? .interrupted : kind(of: result)
        reply.fail(kind, details.isEmpty ? String(cString: curl_easy_strerror(result)) : details)
    }

    private func kind(of result: CURLcode) -> TransportError.Kind {
        switch result {
        case CURLE_UNSUPPORTED_PROTOCOL, CURLE_URL_MALFORMAT, CURLE_BAD_FUNCTION_ARGUMENT: return .badRequest
        case CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_CONNECT: return .connect
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
            CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CRL_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_ENGINE_NOTFOUND,
            CURLE_SSL_ENGINE_SETFAILED, CURLE_SSL_PINNEDPUBKEYNOTMATCH, CURLE_SSL_INVALIDCERTSTATUS,
            CURLE_USE_SSL_FAILED:
            return .tls
        case CURLE_OPERATION_TIMEDOUT: return hasBegun ? .timeout : .connect
        default: return .interrupted
        }
    }

    /// Whether the connection was established and the request could be sent.
    private var hasBegun: Bool {
        var microseconds: curl_off_t = 0
        ccurl_get_offset(easy, CURLINFO_PRETRANSFER_TIME_T, &microseconds)
        return microseconds > 0
    }
}

extension Duration {
    /// Whole milliseconds, at least 1: libcurl takes 0 for "no limit".
    fileprivate var milliseconds: Int {
        max(1, Int(components.seconds) * 1_000 + Int(components.attoseconds / 1_000_000_000_000_000))
    }
}
