package import AzureBlob
import Postgres
package import RecPipeline

extension DatabaseSettings {
    /// Requests: `apiConnections` in all, the pipelined lanes among them.
    func apiConfiguration(name: String, identity: (any TokenCredential)? = nil) -> PostgresConfiguration {
        configuration(name: name, exclusive: apiConnections - pipelineLanes, lanes: pipelineLanes, identity)
    }

    /// A batch makes few single-row reads, so it has no lane: the steps hold one connection, renewals of the lease the other.
    func batchConfiguration(name: String, identity: (any TokenCredential)? = nil) -> PostgresConfiguration {
        configuration(name: name, exclusive: batchConnections, lanes: 0, identity)
    }

    private func configuration(
        name: String,
        exclusive: Int,
        lanes: Int,
        _ identity: (any TokenCredential)?
    ) -> PostgresConfiguration {
        var configuration = PostgresConfiguration(uri: uri)
        configuration.applicationName = name
        configuration.maximumConnections = exclusive
        configuration.pipelineLanes = lanes
        configuration.usesPreparedStatements = usesPreparedStatements
        if authentication == .entra, let identity { configuration.password = Self.tokenHook(identity) }
        return configuration
    }

    /// The scope of tokens for Azure Database for PostgreSQL.
    private static let scope = "https://ossrdbms-aad.database.windows.net/.default"

    /// A token in the password's place. One that the server refused is not given a second time.
    private static func tokenHook(_ identity: any TokenCredential)
        -> @Sendable (_ refused: String?) async throws -> String
    {
        { refused in
            if let refused { await identity.refuse(refused, scope: scope) }
            return try await identity.token(scope: scope).token
        }
    }
}

extension BlobSettings {
    /// The store that the settings name. Connects to nothing.
    /// - Parameter observer: told of each request to an account.
    package func store(
        transport: CurlTransport,
        identity: any TokenCredential,
        observer: (@Sendable (BlobCall) -> Void)? = nil
    ) -> any BlobStore {
        switch location {
        case .file(let directory):
            return FileBlobStore(directory: directory, container: container)
        case .azure(let endpoint, let access):
            let credential: BlobCredential =
                switch access {
                case .anonymous: .anonymous
                case .sharedKey(let key): .sharedKey(key)
                case .sas(let query): .sas(query)
                case .identity: .token(identity)
                }
            var options = BlobClientOptions()
            options.observer = observer
            let service = BlobServiceClient(
                endpoint: endpoint,
                credential: credential,
                transport: transport,
                options: options
            )
            let base = endpoint.hasSuffix("/") ? String(endpoint.dropLast()) : endpoint
            return AzureBlobStore(container: service.container(container), location: "\(base)/\(container)")
        }
    }

    /// What of a connection string must not be read in a log.
    static func secrets(of connectionString: String) -> [String] {
        connectionString.split(separator: ";").compactMap { pair in
            let parts = pair.split(separator: "=", maxSplits: 1)
            let isSecret = ["accountkey", "sharedaccesssignature"].contains(parts.first?.lowercased())
            return isSecret ? parts.last.map(String.init) : nil
        }
    }

    /// The signature of a URL's token, encoded and plain.
    var secrets: [String] {
        guard case .azure(_, .sas(let query)) = location else { return [] }
        return [query] + WireURL("http://x/?\(query)").queryItems.filter { $0.name == "sig" }.map(\.value)
    }
}
