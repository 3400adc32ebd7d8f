import FoundationEssentials
import TextFormats

/// Sends the requests of all operations: dates and authorises each attempt, checks the response and retries.
struct BlobPipeline: Sendable {
    let credential: BlobCredential
    let transport: CurlTransport
    let options: BlobClientOptions

    /// The scope of tokens for storage accounts.
    static let scope = "https://storage.azure.com/.default"

    /// The response to a request that the service carried out.
    /// - Throws: the last error after all attempts; `mayHaveHappened` says whether the service may have carried out an attempt
    ///   all the same.
    func run(_ request: BlobRequest) async throws(BlobError) -> HTTPResponse {
        guard let observer = options.observer else { return try await perform(request) }
        let start = ContinuousClock.now
        func tell(_ isSuccess: Bool) {
            observer(
                BlobCall(
                    operation: request.operation,
                    container: request.address.container,
                    duration: .now - start,
                    isSuccess: isSuccess
                )
            )
        }
        do {
            let response = try await perform(request)
            tell(true)
            return response
        } catch {
            tell([304, 404, 409, 412, 416].contains(error.status))
            throw error
        }
    }

    private func perform(_ request: BlobRequest) async throws(BlobError) -> HTTPResponse {
        try request.address.check(request.operation)
        let start = ContinuousClock.now
        let clientRequestID = UUID().uuidString.lowercased()
        var mayHaveHappened = false
        var hasRefusedToken = false
        var number = 1
        while true {
            let (outcome, token) = await attempt(request, clientRequestID)
            var error: BlobError
            var retryAfter: Duration?
            switch outcome {
            case .success(let response):
                guard let failure = await failure(of: response, request) else { return response }
                error = failure
                error.mayHaveHappened = response.wasRepeated
                retryAfter = response.headers["Retry-After"].flatMap(Int.init).map { .seconds($0) }
                if response.status == 401, let token, !hasRefusedToken, case .token(let source) = credential {
                    // A token can be revoked before it expires; once, a new one is fetched.
                    hasRefusedToken = true
                    mayHaveHappened = mayHaveHappened || response.wasRepeated
                    await source.refuse(token, scope: Self.scope)
                    continue
                }
            case .failure(let failure):
                error = failure
            }
            error.tries = number
            error.clientRequestID = clientRequestID
            // A service that fails with 5xx may have carried out the request before.
            mayHaveHappened = mayHaveHappened || error.mayHaveHappened || (error.status ?? 0) >= 500
            error.mayHaveHappened = mayHaveHappened
            guard error.isTransient,
                let pause = options.retry.pause(
                    after: number,
                    elapsed: ContinuousClock.now - start,
                    retryAfter: retryAfter
                )
            else { throw error }
            do {
                try await options.retry.sleep(pause)
            } catch _ {
                // A pause ends early only because the task was cancelled.
                error.code = .cancelled
                error.message = "cancelled after: \(error.message)"
                throw error
            }
            number += 1
        }
    }

    // MARK: - One attempt

    private func attempt(_ request: BlobRequest, _ clientRequestID: String) async
        -> (Result<HTTPResponse, BlobError>, String?)
    {
        var url = request.address.url(request.query)
        var headers = request.headers
        headers["x-ms-version"] = BlobClientOptions.version
        headers["x-ms-date"] = HTTPDate.text(options.now())
        headers["x-ms-client-request-id"] = clientRequestID
        var token: String?
        switch credential {
        case .anonymous:
            break
        case .sas(let query):
            url += (request.query.isEmpty ? "?" : "&") + query
        case .sharedKey(let key):
            // The transport adds the length; it is signed too.
            var signed = headers
            if let body = request.body { signed["Content-Length"] = String(body.count) }
            headers["Authorization"] = SharedKeySigner(key)
                .authorization(method: request.method, url: url, headers: signed)
        case .token(let source):
            do {
                let found = try await source.token(scope: Self.scope).token
                headers["Authorization"] = "Bearer \(found)"
                token = found
            } catch is CancellationError {
                return (.failure(self.error(.cancelled, request, "cancelled")), nil)
            } catch {
                return (.failure(self.error(.credentialUnavailable, request, "no token: \(error)")), nil)
            }
        }
        var wire = HTTPRequest(request.method, url, headers: headers, body: request.body)
        wire.responseLimit = request.responseLimit
        wire.connectTimeout = options.connectTimeout
        wire.lowSpeedTime = options.lowSpeedTime
        request.count()
        do {
            return (.success(try await transport.send(wire)), token)
        } catch {
            let code: BlobError.Code =
                switch error.kind {
                case .cancelled: .cancelled
                case .badRequest: .invalidName
                case .tooLarge: .badAnswer
                default: .noAnswer
                }
            var failure = self.error(code, request, "no response from the service: \(error)")
            failure.mayHaveHappened = error.mayHaveReachedServer
            return (.failure(failure), nil)
        }
    }

    private func failure(of response: HTTPResponse, _ request: BlobRequest) async -> BlobError? {
        if (200...299).contains(response.status) {
            guard let problem = await request.validate?(response) else { return nil }
            var error = error(.checksumMismatch, request, problem)
            error.status = response.status
            error.requestID = response.headers["x-ms-request-id"]
            return error
        }
        let body = ServiceErrorBody(response.body)
        let code = BlobError.Code(
            response.headers["x-ms-error-code"] ?? body.code ?? Self.code(of: response.status, request)
        )
        var message = BlobError.advice(for: code, status: response.status)
        if message == nil { message = body.message }
        var error = error(code, request, message ?? "the service answered \(response.status)")
        error.status = response.status
        error.requestID = response.headers["x-ms-request-id"]
        return error
    }

    /// The code that fits the status, for a response without one.
    private static func code(of status: Int, _ request: BlobRequest) -> String {
        switch status {
        case 404: request.address.blob == nil ? "ContainerNotFound" : "BlobNotFound"
        case 412: "ConditionNotMet"
        case 416: "InvalidRange"
        case 401, 403: "AuthenticationFailed"
        default: "Status\(status)"
        }
    }

    private func error(_ code: BlobError.Code, _ request: BlobRequest, _ message: String) -> BlobError {
        BlobError(
            code,
            operation: request.operation,
            target: request.address.target,
            SecretText.redacted(message)
        )
    }
}
