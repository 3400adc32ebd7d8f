package import FoundationEssentials

/// Tokens from Entra ID: from the first source of the chain that has one, cached in memory and renewed before they expire.
///
/// The order and the rules are those of the Azure SDKs' default chain: a source that is not set up is skipped, one that is
/// set up and refused ends the search, one that succeeded is tried first from then on. Concurrent callers share one request.
package actor EntraCredential: TokenCredential {
    private struct Cached {
        var token: AccessToken?
        var refresh: Task<AccessToken, any Error>?
        /// When a newer token was last requested.
        var asked: Date?
    }

    private let options: EntraOptions
    private let requests: TokenRequests
    private let commandLine: AzureCommandLine
    private let now: @Sendable () -> Date
    private var cached: [String: Cached] = [:]
    private var worked: EntraSource?

    /// Tokens are renewed this long before they expire; a renewal that failed is tried again after `retryAfter`. Seconds.
    private static let margin: TimeInterval = 300
    private static let retryAfter: TimeInterval = 30

    package init(
        options: EntraOptions,
        transport: CurlTransport,
        now: @escaping @Sendable () -> Date = { Date() },
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        self.options = options
        requests = TokenRequests(transport: transport, now: now, sleep: sleep)
        commandLine = AzureCommandLine(searchPath: options.searchPath, limit: options.commandLimit)
        self.now = now
    }

    package func token(scope: String) async throws -> AccessToken {
        let entry = cached[scope] ?? Cached()
        if let token = entry.token, token.expiresOn > now() {
            let isDue =
                (token.refreshOn ?? .distantFuture) <= now()
                || token.expiresOn.timeIntervalSince(now()) < Self.margin
            let isEarly = entry.asked.map { now().timeIntervalSince($0) < Self.retryAfter } ?? false
            // The old one is valid until then; it stays if the renewal fails.
            if isDue, !isEarly { _ = refresh(scope) }
            return token
        }
        return try await Self.outcome(of: refresh(scope))
    }

    package func refuse(_ token: String, scope: String) {
        guard cached[scope]?.token?.token == token else { return }
        cached[scope]?.token = nil
    }

    private func refresh(_ scope: String) -> Task<AccessToken, any Error> {
        if let running = cached[scope]?.refresh { return running }
        let task = Task { try await fetch(scope) }
        cached[scope, default: Cached()].refresh = task
        cached[scope]?.asked = now()
        return task
    }

    /// The result of a shared request. A caller that is cancelled returns immediately; the request continues for the others.
    private static func outcome(of request: Task<AccessToken, any Error>) async throws -> AccessToken {
        let (results, continuation) = AsyncStream.makeStream(of: Result<AccessToken, any Error>.self)
        Task {
            continuation.yield(await request.result)
            continuation.finish()
        }
        for await result in results { return try result.get() }
        throw CancellationError()
    }

    private func fetch(_ scope: String) async throws -> AccessToken {
        defer { cached[scope]?.refresh = nil }
        var token = try await firstToken(scope)
        let life = token.expiresOn.timeIntervalSince(now())
        // A managed identity's token is valid for a day; a new one is available after half of it.
        if token.refreshOn == nil, worked == .managedIdentity, life >= 7_200 {
            token.refreshOn = now().addingTimeInterval(life / 2)
        }
        cached[scope]?.token = token
        return token
    }

    private func firstToken(_ scope: String) async throws -> AccessToken {
        guard Self.isScope(scope) else { throw EntraError(description: "\(scope) is not a scope") }
        var reasons: [String] = []
        let order = worked.map { [$0] + options.sources.filter { $0 != worked } } ?? options.sources
        for source in order {
            do {
                let token = try await token(from: source, scope)
                worked = source
                return token
            } catch let failure as SourceFailure {
                reasons.append("\(source.rawValue): \(failure.reason)")
                if case .refused = failure { break }
            }
        }
        throw EntraError(
            description: "no Entra ID token for \(scope). " + reasons.joined(separator: ". ")
                + ". Give the app an identity, set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, or run az login"
        )
    }

    private func token(from source: EntraSource, _ scope: String) async throws -> AccessToken {
        switch source {
        case .environment: try await requests.clientSecret(options, scope)
        case .workloadIdentity: try await requests.workloadIdentity(options, scope)
        case .managedIdentity: try await requests.managedIdentity(options, scope)
        case .azureCLI: try await commandLine.token(scope, tenant: options.tenantID, now: now())
        }
    }

    /// Whether a text may become part of a command line and a URL.
    static func isScope(_ text: String) -> Bool { text.wholeMatch(of: #/[A-Za-z0-9_.:/-]+/#) != nil }
}
