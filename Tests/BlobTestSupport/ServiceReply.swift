import AzureBlob

/// A response of the double.
struct ServiceReply: Sendable {
    var status: Int
    var headers: HTTPHeaders = [:]
    var body = BlobContent()
    /// For HEAD: the length that the body would have.
    var statedLength: Int?

    init(_ status: Int, _ headers: HTTPHeaders = [:]) {
        self.status = status
        self.headers = headers
    }

    static func xml(_ status: Int, _ text: String, _ headers: HTTPHeaders = [:]) -> ServiceReply {
        var reply = ServiceReply(status, headers)
        reply.headers["Content-Type"] = "application/xml"
        reply.body = BlobContent(Array(("<?xml version=\"1.0\" encoding=\"utf-8\"?>" + text).utf8))
        return reply
    }
}

/// A refusal with the service's code.
struct ServiceError: Error, Sendable {
    var status: Int
    var code: String
    var message: String
    var headers: HTTPHeaders = [:]

    init(_ status: Int, _ code: String, _ message: String = "") {
        self.status = status
        self.code = code
        self.message = message.isEmpty ? "The double refused: \(code)." : message
    }

    func reply(requestID: String, isHead: Bool) -> ServiceReply {
        var headers = headers
        headers["x-ms-error-code"] = code
        guard !isHead, status != 304 else { return ServiceReply(status, headers) }
        let message = XMLText.escaped("\(message)\nRequestId:\(requestID)\nTime:2025-01-01T00:00:00.0000000Z")
        return .xml(status, "<Error><Code>\(code)</Code><Message>\(message)</Message></Error>", headers)
    }
}

enum XMLText {
    static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }
}
