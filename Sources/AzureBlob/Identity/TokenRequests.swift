import FoundationEssentials

/// The requests for tokens, one function for each source.
struct TokenRequests: Sendable {
    let transport: CurlTransport
    let now: @Sendable () -> Date
    let sleep: @Sendable (Duration) async throws -> Void

    /// The limit of one request; token services respond within a second.
    private static let limit: Duration = .seconds(10)

    // MARK: - Sources

    /// A client's secret: grant `client_credentials` (RFC 6749, section 4.4).
    func clientSecret(_ options: EntraOptions, _ scope: String) async throws -> AccessToken {
        guard let tenant = options.tenantID, let client = options.clientID, let secret = options.clientSecret else {
            throw SourceFailure.unavailable("AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET are not all set")
        }
        return try await clientCredentials(
            options.tokenURL(tenant: tenant),
            [("client_id", client), ("client_secret", secret)],
            scope
        )
    }

    /// A token of the platform instead of the secret (RFC 7523, section 2.2). The file is read each time: tokens in it are
    /// replaced about every hour.
    func workloadIdentity(_ options: EntraOptions, _ scope: String) async throws -> AccessToken {
        guard let tenant = options.tenantID, let client = options.clientID, let path = options.federatedTokenFile else {
            throw SourceFailure.unavailable(
                "AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_FEDERATED_TOKEN_FILE are not all set"
            )
        }
        let assertion: String
        do {
            assertion = try await SmallFileReader().text(path)
        } catch {
            throw SourceFailure.refused("AZURE_FEDERATED_TOKEN_FILE cannot be read: \(error)")
        }
        let type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
        return try await clientCredentials(
            options.tokenURL(tenant: tenant),
            [("client_id", client), ("client_assertion_type", type), ("client_assertion", assertion)],
            scope
        )
    }

    /// The app's identity where the platform offers an endpoint, else the machine's.
    func managedIdentity(_ options: EntraOptions, _ scope: String) async throws -> AccessToken {
        let resource = scope.hasSuffix("/.default") ? String(scope.dropLast("/.default".count)) : scope
        var query = "resource=\(WireURL.encoded(resource))"
        if let client = options.clientID { query += "&client_id=\(WireURL.encoded(client))" }
        if let endpoint = options.identityEndpoint, let header = options.identityHeader {
            let mark = endpoint.contains("?") ? "&" : "?"
            return try await answer(
                get("\(endpoint)\(mark)api-version=2019-08-01&\(query)", ["X-IDENTITY-HEADER": header]),
                isProbe: false,
                hiding: [header],
                retrying: { $0 == 429 || $0 >= 500 }
            )
        }
        let base = "\(options.metadataEndpoint)/metadata/identity/oauth2/token?api-version=2018-02-01"
        return try await answer(
            get("\(base)&\(query)", ["Metadata": "true"]),
            isProbe: true,
            retrying: { [404, 410, 429].contains($0) || $0 >= 500 }
        )
    }

    // MARK: - Exchange

    private func clientCredentials(_ url: String, _ fields: [(String, String)], _ scope: String) async throws
        -> AccessToken
    {
        let form = (fields + [("grant_type", "client_credentials"), ("scope", scope)])
            .map { "\($0)=\(WireURL.encoded($1))" }.joined(separator: "&")
        var request = HTTPRequest("POST", url, body: Array(form.utf8))
        request.headers["Content-Type"] = "application/x-www-form-urlencoded"
        request.headers["Accept"] = "application/json"
        return try await answer(
            request,
            isProbe: false,
            hiding: fields.filter { $0.0 == "client_secret" || $0.0 == "client_assertion" }.map(\.1),
            retrying: { $0 == 429 || $0 >= 500 }
        )
    }

    private func get(_ url: String, _ headers: HTTPHeaders) -> HTTPRequest {
        var request = HTTPRequest("GET", url, headers: headers)
        request.headers["Accept"] = "application/json"
        // Neither endpoint can be reached through a proxy.
        request.usesProxy = false
        return request
    }

    /// - Parameters:
    ///   - isProbe: whether a missing server means that this source is not set up, rather than that it is broken.
    ///   - isTransient: which statuses are worth another request.
    ///   - secrets: values that were sent and must not appear in an error if the response repeats them.
    private func answer(
        _ request: HTTPRequest,
        isProbe: Bool,
        hiding secrets: [String] = [],
        retrying isTransient: (Int) -> Bool
    ) async throws -> AccessToken {
        var request = request
        request.totalTimeout = Self.limit
        request.responseLimit = 1 << 20
        request.connectTimeout = isProbe ? .seconds(1) : .seconds(5)
        var pause = Duration.milliseconds(800)
        var number = 1
        while true {
            var reason: String
            do {
                let response = try await transport.send(request)
                if response.status == 200 {
                    guard let token = TokenAnswer.token(response.body, now: now()) else {
                        // Some networks respond to any address: then it is not the machine's service.
                        let reason = "the answer of \(request.target) holds no token"
                        throw isProbe ? SourceFailure.unavailable(reason) : .refused(reason)
                    }
                    return token
                }
                reason =
                    "\(request.target) answered \(response.status)\(TokenAnswer.reason(response.body, hiding: secrets))"
                guard isTransient(response.status) else { throw failure(reason, isProbe, response) }
            } catch let error as TransportError {
                if error.kind == .cancelled { throw CancellationError() }
                guard !isProbe else { throw SourceFailure.unavailable("no identity endpoint here: \(error)") }
                reason = "\(error)"
            }
            guard number < 5 else { throw SourceFailure.refused("\(reason), \(number) tries") }
            number += 1
            try await sleep(pause)
            pause *= 2
        }
    }

    /// The machine's service responds 400 when no identity is assigned to the machine; container programs on a development
    /// machine respond 403 with "unreachable" instead: then this is not the source.
    private func failure(_ reason: String, _ isProbe: Bool, _ response: HTTPResponse) -> SourceFailure {
        let isAbsent =
            response.status == 400
            || response.status == 403 && String(decoding: response.body, as: UTF8.self).contains("unreachable")
        return isProbe && isAbsent ? .unavailable(reason) : .refused(reason)
    }
}
