import Threading

/// One operation of the service, before it is dated, authorised and sent.
struct BlobRequest: Sendable {
    /// A name for errors, such as "put blob".
    var operation: String
    var method: String
    var address: BlobAddress
    /// In order; values not yet encoded.
    var query: [(String, String)] = []
    var headers: HTTPHeaders = [:]
    var body: [UInt8]?
    var responseLimit = 64 << 20
    /// What is wrong with the body of a successful response, or nil; the request is then sent again.
    var validate: (@Sendable (HTTPResponse) async -> String?)?

    init(_ operation: String, _ method: String, _ address: BlobAddress, query: [(String, String)] = []) {
        self.operation = operation
        self.method = method
        self.address = address
        self.query = query
    }

    /// Counts an attempt as it is billed.
    func count() {
        guard let meter = WorkMeter.current else { return }
        switch method {
        case "GET" where query.contains { $0 == ("comp", "list") }, "PUT", "POST": meter.countBlobWrite()
        case "GET", "HEAD": meter.countBlobRead()
        default: break
        }
    }
}

/// A container or a blob of an account.
struct BlobAddress: Sendable {
    /// Without a trailing slash.
    var endpoint: String
    var container: String
    var blob: String?

    /// Container and blob, for messages.
    var target: String { container + (blob.map { "/\($0)" } ?? "") }

    /// The absolute URL, every part encoded once.
    func url(_ query: [(String, String)]) -> String {
        var url = "\(endpoint)/\(container)"
        if let blob { url += "/" + WireURL.encoded(blob, safe: "/") }
        guard !query.isEmpty else { return url }
        return url + "?" + query.map { "\($0.0)=\(WireURL.encoded($0.1))" }.joined(separator: "&")
    }

    /// Throws unless the service could have such a container and blob ("Naming and referencing containers, blobs, and
    /// metadata").
    func check(_ operation: String) throws(BlobError) {
        guard ContainerClient.isName(container) || ["$root", "$web", "$logs"].contains(container) else {
            throw invalidName(operation, "a container is 3 to 63 lower-case letters, digits and single hyphens")
        }
        if let blob {
            let scalars = blob.unicodeScalars
            let isPlain = scalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
            guard !blob.isEmpty, scalars.count <= 1_024, isPlain else {
                throw invalidName(operation, "a blob's name is 1 to 1,024 characters without control characters")
            }
            // Clients and proxies resolve these, and the signature would be of another path.
            guard !blob.split(separator: "/").contains(where: { $0 == "." || $0 == ".." }) else {
                throw invalidName(operation, "no part of a blob's name is '.' or '..'")
            }
        }
    }

    func invalidName(_ operation: String, _ message: String) -> BlobError {
        BlobError(.invalidName, operation: operation, target: target, message)
    }
}
