/// Where an account's Blob service is and how to prove who asks: out of a connection string or a URL.
package struct StorageConnection: Sendable {
    /// As it was given, a slash at its end included; see ``BlobServiceClient``.
    package var endpoint: String
    /// The read-only copy in another region, where one is named.
    package var secondary: String?
    package var credential: BlobCredential

    /// The account of local emulators; its key is public.
    private static let developmentAccount = "devstoreaccount1"
    private static let developmentKey =
        "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="

    package init(endpoint: String, secondary: String? = nil, credential: BlobCredential) {
        self.endpoint = endpoint
        self.secondary = secondary
        self.credential = credential
    }

    /// Reads a connection string: `Key=Value` pairs between semicolons, keys in any case.
    /// - Throws: what is missing or malformed, without the values.
    package init(connectionString: String) throws(CredentialFormatError) {
        let settings = try Self.settings(of: connectionString)
        if settings["usedevelopmentstorage"]?.lowercased() == "true" {
            let proxy = settings["developmentstorageproxyuri"] ?? "http://127.0.0.1"
            let base = proxy.hasSuffix("/") ? String(proxy.dropLast()) : proxy
            self.init(
                endpoint: "\(base):10000/\(Self.developmentAccount)",
                credential: .sharedKey(
                    try SharedKey(account: Self.developmentAccount, base64Key: Self.developmentKey)
                )
            )
            return
        }
        let credential = try Self.credential(settings)
        let primary = try Self.endpoint(settings)
        try self.init(checking: primary, secondary: Self.secondary(settings), credential)
    }

    private init(checking endpoint: String, secondary: String?, _ credential: BlobCredential)
        throws(CredentialFormatError)
    {
        for url in [endpoint, secondary].compactMap({ $0 }) where !Self.isEndpoint(url) {
            throw CredentialFormatError("the blob endpoint is not an http or https URL without a query")
        }
        self.init(endpoint: endpoint, secondary: secondary, credential: credential)
    }

    /// Reads an endpoint such as `https://ACCOUNT.blob.core.windows.net`; one with a SAS query brings its credential along.
    /// - Parameter credential: for a URL without a query.
    package init(url: String, credential: BlobCredential) throws(CredentialFormatError) {
        let parts = WireURL(url)
        guard let query = parts.query, !query.isEmpty else {
            try self.init(checking: url, secondary: nil, credential)
            return
        }
        guard parts.queryItems.contains(where: { $0.name == "sig" }) else {
            throw CredentialFormatError("the blob endpoint has a query that is no shared access signature")
        }
        let endpoint = "\(parts.scheme)://\(parts.authority)\(parts.path)"
        try self.init(checking: endpoint, secondary: nil, .sas(query))
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

    /// As the official SDK has it: named, or derived where protocol, account and suffix are all there.
    private static func secondary(_ settings: [String: String]) -> String? {
        if settings["blobendpoint"] != nil { return settings["blobsecondaryendpoint"] }
        guard let scheme = settings["defaultendpointsprotocol"], let account = settings["accountname"],
            let suffix = settings["endpointsuffix"]
        else { return nil }
        return "\(scheme)://\(account)-secondary.blob.\(suffix)"
    }

    private static func isEndpoint(_ url: String) -> Bool {
        let parts = WireURL(url)
        return ["http", "https"].contains(parts.scheme) && !parts.authority.isEmpty && !parts.authority.contains("@")
            && parts.query == nil && url.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x22 }
    }
}
