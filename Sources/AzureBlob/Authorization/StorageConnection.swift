/// The endpoint of an account's Blob service and its credential, from a connection string or a URL.
package struct StorageConnection: Sendable {
    /// As it was given, a trailing slash included; see ``BlobServiceClient``.
    package private(set) var endpoint: String
    /// The container, when the URL names one, as the URL of a container's shared access signature does. Not in `endpoint`.
    package private(set) var container: String?
    package private(set) var credential: BlobCredential

    /// The account of local emulators; its key is public.
    private static let developmentAccount = "devstoreaccount1"
    private static let developmentKey =
        "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="

    /// Reads a connection string: `Key=Value` pairs between semicolons, keys in any case.
    /// - Throws: what is missing or malformed, without the values.
    package init(connectionString: String) throws(CredentialFormatError) {
        let settings = try Self.settings(of: connectionString)
        if settings["usedevelopmentstorage"]?.lowercased() == "true" {
            let proxy = settings["developmentstorageproxyuri"] ?? "http://127.0.0.1"
            let base = proxy.hasSuffix("/") ? String(proxy.dropLast()) : proxy
            let key = try SharedKey(account: Self.developmentAccount, base64Key: Self.developmentKey)
            try self.init(checking: "\(base):10000/\(Self.developmentAccount)", .sharedKey(key))
            return
        }
        try self.init(checking: Self.endpoint(settings), Self.credential(settings))
    }

    private init(checking url: String, _ credential: BlobCredential) throws(CredentialFormatError) {
        guard Self.isEndpoint(url) else {
            throw CredentialFormatError("the blob endpoint is not an http or https URL without a query")
        }
        self.credential = credential
        (endpoint, container) = try Self.split(url, credential)
    }

    /// Reads an endpoint such as `https://ACCOUNT.blob.core.windows.net`; one with a SAS query has its credential.
    /// - Parameter credential: for a URL without a query.
    package init(url: String, credential: BlobCredential) throws(CredentialFormatError) {
        let parts = WireURL(url)
        guard let query = parts.query, !query.isEmpty else {
            try self.init(checking: url, credential)
            return
        }
        guard parts.queryItems.contains(where: { $0.name == "sig" }) else {
            throw CredentialFormatError("the blob endpoint has a query that is no shared access signature")
        }
        let endpoint = "\(parts.scheme)://\(parts.authority)\(parts.path)"
        try self.init(checking: endpoint, .sas(query))
    }

    /// Whether a text is meant as a connection string rather than anything else.
    package static func isConnectionString(_ text: String) -> Bool {
        let keys = ["accountname=", "usedevelopmentstorage=", "blobendpoint=", "sharedaccesssignature="]
        return !text.contains("://") && text.contains("=")
            || keys.contains { text.lowercased().hasPrefix($0) || text.lowercased().contains(";\($0)") }
    }

    // MARK: - Parts

    private static func settings(of text: String) throws(CredentialFormatError) -> [String: String] {
        var rest = text[...]
        while let last = rest.last, last == ";" || last.isWhitespace { rest.removeLast() }
        guard !rest.isEmpty else { throw CredentialFormatError("the connection string is blank") }
        var settings: [String: String] = [:]
        for pair in rest.split(separator: ";", omittingEmptySubsequences: false) {
            guard let sign = pair.firstIndex(of: "="), sign > pair.startIndex else {
                throw CredentialFormatError(
                    "the connection string is malformed: it is Key=Value pairs between semicolons"
                )
            }
            settings[pair[..<sign].lowercased()] = String(pair[pair.index(after: sign)...])
        }
        return settings
    }

    private static func credential(_ settings: [String: String]) throws(CredentialFormatError) -> BlobCredential {
        if let account = settings["accountname"], let key = settings["accountkey"] {
            return .sharedKey(try SharedKey(account: account, base64Key: key))
        }
        if let sas = settings["sharedaccesssignature"], !sas.isEmpty {
            return .sas(sas.hasPrefix("?") ? String(sas.dropFirst()) : sas)
        }
        return .anonymous
    }

    private static func endpoint(_ settings: [String: String]) throws(CredentialFormatError) -> String {
        if let endpoint = settings["blobendpoint"] { return endpoint }
        // Reads from the copy in another region are not offered.
        guard settings["blobsecondaryendpoint"] == nil else {
            throw CredentialFormatError("the connection string names a secondary endpoint only")
        }
        guard let account = settings["accountname"], !account.isEmpty else {
            throw CredentialFormatError("the connection string names neither AccountName nor BlobEndpoint")
        }
        let scheme = settings["defaultendpointsprotocol"] ?? "https"
        let suffix = settings["endpointsuffix"] ?? "core.windows.net"
        return "\(scheme)://\(account).blob.\(suffix)"
    }

    /// Separates a container from the endpoint of its account.
    ///
    /// Behind an account's own host name (`ACCOUNT.blob.…`) a path names the container. Elsewhere it names the account
    /// first, `http://127.0.0.1:10000/ACCOUNT/CONTAINER`, but for a domain of the shop's own, whose one part is the
    /// container when the token is one for a container (`sr=c`).
    private static func split(_ url: String, _ credential: BlobCredential) throws(CredentialFormatError)
        -> (endpoint: String, container: String?)
    {
        var resource: String?
        if case .sas(let query) = credential {
            resource = WireURL("?\(query)").queryItems.first { $0.name == "sr" }?.value
            guard resource == nil || resource == "c" else {
                throw CredentialFormatError("the shared access signature must be for a container or the account")
            }
        }
        let parts = WireURL(url)
        let path = parts.path.split(separator: "/")
        let host = parts.authority.prefix { $0 != ":" }
        // An IP address or the name of a machine: the path begins with the account.
        let isMachine = !host.contains(".") || host.allSatisfy { $0.isNumber || $0 == "." } || host.hasPrefix("[")
        let isContainerHost = host.contains(".blob.") || resource == "c" && !isMachine && path.count == 1
        let accountParts = isContainerHost ? 0 : 1
        guard path.count > accountParts else { return (url, nil) }
        let container = WireURL.decoded(path[accountParts], plusIsBlank: false)
        guard path.count == accountParts + 1, ContainerClient.isName(container) else {
            throw CredentialFormatError("the path of the blob endpoint is not that of an account or a container")
        }
        let account = path.prefix(accountParts).map { "/\($0)" }.joined()
        return ("\(parts.scheme)://\(parts.authority)\(account)", container)
    }

    private static func isEndpoint(_ url: String) -> Bool {
        let parts = WireURL(url)
        return ["http", "https"].contains(parts.scheme) && !parts.authority.isEmpty && !parts.authority.contains("@")
            && parts.query == nil && url.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x22 }
    }
}
