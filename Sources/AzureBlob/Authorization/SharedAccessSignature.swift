package import FoundationEssentials

/// Makes shared access signatures: tokens that let their bearer do some things for some time, as a URL's query.
///
/// Layouts: "Create a service SAS" (version 2020-12-06 and later), "Create an account SAS" and "Create a user delegation SAS"
/// (version 2026-10-06) of the Storage services REST reference.
package struct SharedAccessSignature: Sendable, Equatable {
    /// What the bearer may do, letters such as `rl`; brought into the service's order.
    package var permissions: String
    package var expiry: Date
    package var start: Date?
    /// One address or `first-last`.
    package var addresses: String?
    /// `https` or `https,http`.
    package var protocols: String?
    package var version = StorageVersion.current
    /// A stored access policy of the container.
    package var identifier: String?
    package var snapshot: String?
    package var encryptionScope: String?
    /// Fields that answers to the bearer carry instead of the blob's own.
    package var cacheControl: String?
    package var contentDisposition: String?
    package var contentEncoding: String?
    package var contentLanguage: String?
    package var contentType: String?

    package init(permissions: String, expiry: Date, start: Date? = nil) {
        self.permissions = permissions
        self.expiry = expiry
        self.start = start
    }

    /// The query of a token for one blob, or for a container and all in it, without `?`. Values are percent-encoded.
    /// - Parameter blob: as it is named, not encoded; nil for the container.
    package func token(container: String, blob: String? = nil, key: SharedKey) -> String {
        let resource = blob == nil ? "c" : "b"
        let path = "/blob/\(key.account)/\(container)" + (blob.map { "/\($0)" } ?? "")
        let text = serviceString(path: path, resource: resource)
        return query(resource: resource, signature: key.signature(of: text))
    }

    /// The text that ``token(container:blob:key:)`` signs: 16 lines.
    package func serviceString(path: String, resource: String) -> String {
        ([sp(resource), startText, expiryText, path, identifier]
            + [addresses, protocols, version, resource, snapshot, encryptionScope] + responseFields)
            .map { $0 ?? "" }.joined(separator: "\n")
    }

    /// The query of a token signed with a key that a bearer of an Entra token asked for.
    package func token(account: String, container: String, blob: String? = nil, key: UserDelegationKey) throws -> String
    {
        let resource = blob == nil ? "c" : "b"
        let path = "/blob/\(account)/\(container)" + (blob.map { "/\($0)" } ?? "")
        let text = userDelegationString(path: path, resource: resource, key: key)
        let signer = try SharedKey(account: account, base64Key: key.value)
        return query(resource: resource, delegation: key, signature: signer.signature(of: text))
    }

    /// The text that a user delegation token signs.
    package func userDelegationString(path: String, resource: String, key: UserDelegationKey) -> String {
        let keyFields: [String?] = [
            key.objectID, key.tenantID, key.start, key.expiry, key.service, key.version,
        ]
        // Authorised and unauthorised object, correlation id, delegated tenant and user: not used here.
        let delegated = [String?](repeating: nil, count: 5)
        // Signed request headers and query parameters: not used here.
        let signedRequest = [String?](repeating: nil, count: 2)
        return
            ([sp(resource), startText, expiryText, path] + keyFields + delegated
            + [addresses, protocols, version, resource, snapshot, encryptionScope] + signedRequest + responseFields)
            .map { $0 ?? "" }.joined(separator: "\n")
    }

    /// The query of a token for the whole account.
    /// - Parameters:
    ///   - services: of `b` blob, `q` queue, `t` table, `f` file.
    ///   - resources: of `s` service, `c` container, `o` object.
    package func accountToken(services: String, resources: String, key: SharedKey) -> String {
        let text = accountString(account: key.account, services: services, resources: resources)
        let items: [(String, String?)] =
            commonItems(sp: ordered(permissions, "rwdxylacupfti")) + [
                ("ss", services), ("srt", resources), ("ses", encryptionScope), ("sig", key.signature(of: text)),
            ]
        return Self.encoded(items)
    }

    /// The text that ``accountToken(services:resources:key:)`` signs; its last line is empty.
    package func accountString(account: String, services: String, resources: String) -> String {
        let fields: [String?] = [
            account, ordered(permissions, "rwdxylacupfti"), services, resources, startText, expiryText, addresses,
            protocols, version, encryptionScope,
        ]
        return fields.map { ($0 ?? "") + "\n" }.joined()
    }

    // MARK: - Parts

    private var responseFields: [String?] {
        [cacheControl, contentDisposition, contentEncoding, contentLanguage, contentType]
    }

    private func query(resource: String, delegation: UserDelegationKey? = nil, signature: String) -> String {
        var items = commonItems(sp: sp(resource))
        items += [("si", identifier), ("sr", resource), ("ses", encryptionScope)]
        if let delegation {
            items += [
                ("skoid", delegation.objectID), ("sktid", delegation.tenantID), ("skt", delegation.start),
                ("ske", delegation.expiry), ("sks", delegation.service), ("skv", delegation.version),
            ]
        }
        items += [
            ("snapshot", snapshot), ("rscc", cacheControl), ("rscd", contentDisposition), ("rsce", contentEncoding),
            ("rscl", contentLanguage), ("rsct", contentType), ("sig", signature),
        ]
        return Self.encoded(items)
    }

    private func commonItems(sp: String) -> [(String, String?)] {
        [
            ("st", startText), ("se", expiryText), ("sp", sp), ("sip", addresses), ("spr", protocols), ("sv", version),
        ]
    }

    private static func encoded(_ items: [(String, String?)]) -> String {
        items.compactMap { name, value in value.map { "\(name)=\(WireURL.encoded($0, safe: "/"))" } }
            .joined(separator: "&")
    }

    private func sp(_ resource: String) -> String {
        ordered(permissions, resource == "b" ? "racwdxyltmei" : "racwdxyltfmei")
    }

    /// The letters in the service's order, each once; one that it does not know goes last and is refused by it.
    private func ordered(_ letters: String, _ order: String) -> String {
        order.filter(letters.contains) + letters.filter { !order.contains($0) }
    }

    private var startText: String? { start.map(Self.text) }
    private var expiryText: String { Self.text(expiry) }

    private static func text(_ date: Date) -> String { date.formatted(.iso8601) }
}

/// A key that the service gives to the bearer of an Entra token, for signing in that bearer's name.
package struct UserDelegationKey: Sendable, Equatable {
    package var objectID: String
    package var tenantID: String
    /// Times as the service wrote them.
    package var start: String
    package var expiry: String
    package var service: String
    package var version: String
    /// Base64.
    let value: String

    package init(
        objectID: String,
        tenantID: String,
        start: String,
        expiry: String,
        service: String,
        version: String,
        value: String
    ) {
        self.objectID = objectID
        self.tenantID = tenantID
        self.start = start
        self.expiry = expiry
        self.service = service
        self.version = version
        self.value = value
    }
}

extension UserDelegationKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "user delegation key of \(objectID)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: ["objectID": objectID, "tenantID": tenantID]) }
}
