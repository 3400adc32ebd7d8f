package import AzureBlob
package import FoundationEssentials

/// Authorises requests by shared key, shared access signature or bearer token.
package struct ServiceAuthorization: Sendable {
    var account: String
    /// Base64; the service knows two keys, so that one can be changed.
    var keys: [String]
    /// Tokens and their expiry times.
    var tokens: [String: Date]

    func check(_ request: ServiceRequest, _ now: Date) throws(ServiceError) {
        let version = request.headers["x-ms-version"] ?? request.query["sv"] ?? ""
        guard version >= "2015-02-21", version <= "2026-10-06", version.utf8.count == 10 else {
            throw ServiceError(400, "InvalidHeaderValue", "x-ms-version '\(version)' is not known")
        }
        guard request.account == account else { throw ServiceError(400, "InvalidUri", "the account is \(account)") }
        if request.query["sig"] != nil { return try checkSignature(request, now) }
        guard let authorization = request.headers["Authorization"] else {
            throw ServiceError(401, "NoAuthenticationInformation")
        }
        if authorization.hasPrefix("Bearer ") {
            let token = String(authorization.dropFirst("Bearer ".count))
            guard let end = tokens[token], end > now else { throw Self.tokenRefused }
            return
        }
        guard let date = request.headers["x-ms-date"].flatMap(HTTPMoment.date),
            abs(date.timeIntervalSince(now)) <= 900
        else { throw ServiceError(403, "AuthenticationFailed", "x-ms-date is more than 15 minutes off") }
        let isRight = keys.contains { key in
            guard let key = try? SharedKey(account: account, base64Key: key) else { return false }
            return SharedKeySigner(key)
                .authorization(method: request.method, url: request.target, headers: request.headers) == authorization
        }
        guard isRight else { throw ServiceError(403, "AuthenticationFailed") }
    }

    static var tokenRefused: ServiceError {
        var error = ServiceError(401, "InvalidAuthenticationInfo")
        error.headers["WWW-Authenticate"] =
            "Bearer authorization_uri=https://login.example/tenant resource_id=https://storage.azure.com"
        return error
    }

    // MARK: - Shared access signatures

    /// A token for one container, made as the service's documentation says ("Create a service SAS").
    /// - Parameter permissions: letters in the service's order, `rl` for example.
    package static func token(
        container: String,
        permissions: String,
        expiry: Date,
        key: SharedKey
    ) -> String {
        let end = expiry.formatted(.iso8601)
        let fields = [permissions, "", end, "/blob/\(key.account)/\(container)", "", "", "", "2023-11-03", "c"]
        let text = (fields + [String](repeating: "", count: 7)).joined(separator: "\n")
        let escaped = [("+", "%2B"), ("/", "%2F"), ("=", "%3D")].reduce(key.signature(of: text)) { signature, pair in
            signature.split(separator: pair.0, omittingEmptySubsequences: false).joined(separator: pair.1)
        }
        let escapedEnd = end.split(separator: ":").joined(separator: "%3A")
        return "sv=2023-11-03&sr=c&sp=\(permissions)&se=\(escapedEnd)&sig=\(escaped)"
    }

    private func checkSignature(_ request: ServiceRequest, _ now: Date) throws(ServiceError) {
        let query = request.query
        func value(_ name: String) -> String { query[name] ?? "" }
        let isAccountWide = query["ss"] != nil
        let text: String
        if isAccountWide {
            let names = ["sp", "ss", "srt", "st", "se", "sip", "spr", "sv", "ses"]
            text = ([account] + names.map(value)).map { "\($0)\n" }.joined()
        } else {
            var resource = "/blob/\(account)/\(request.container ?? "")"
            if query["sr"] == "b" { resource += "/\(request.blob ?? "")" }
            let after = ["si", "sip", "spr", "sv", "sr", "snapshot", "ses", "rscc", "rscd", "rsce", "rscl", "rsct"]
            text = ([value("sp"), value("st"), value("se"), resource] + after.map(value)).joined(separator: "\n")
        }
        let isRight = keys.contains { key in
            (try? SharedKey(account: account, base64Key: key))?.signature(of: text) == value("sig")
        }
        guard isRight else { throw ServiceError(403, "AuthenticationFailed", "Signature did not match.") }
        let ends = try? Date(value("se"), strategy: .iso8601)
        guard let ends, ends > now else { throw ServiceError(403, "AuthenticationFailed", "Signature has expired.") }
        guard value("sp").contains(where: Self.permissions(for: request).contains) else {
            throw ServiceError(403, "AuthorizationPermissionMismatch")
        }
        if isAccountWide {
            let kind = request.blob != nil ? "o" : request.comp == "list" && request.container == nil ? "s" : "c"
            guard value("srt").contains(kind) else { throw ServiceError(403, "AuthorizationResourceTypeMismatch") }
        } else if query["sr"] == "c", request.isContainerWide, request.comp != "list" {
            throw ServiceError(403, "AuthorizationPermissionMismatch")
        }
    }

    /// Permission letters; the operation needs one of them.
    private static func permissions(for request: ServiceRequest) -> String {
        switch request.method {
        case "GET", "HEAD": request.comp == "list" ? "l" : "r"
        case "DELETE": "d"
        default: request.blob == nil ? "cw" : "wcai"
        }
    }
}
