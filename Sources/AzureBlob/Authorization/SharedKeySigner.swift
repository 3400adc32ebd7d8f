import TextFormats

/// Signs requests with an account key: "Authorize with Shared Key" of the Storage services REST reference, the layout of
/// version 2015-02-21 and later.
package struct SharedKeySigner: Sendable {
    package let key: SharedKey

    package init(_ key: SharedKey) {
        self.key = key
    }

    /// `SharedKey ACCOUNT:SIGNATURE`.
    package func authorization(method: String, url: String, headers: HTTPHeaders) -> String {
        let text = Self.stringToSign(account: key.account, method: method, url: url, headers: headers)
        return "SharedKey \(key.account):\(key.signature(of: text))"
    }

    /// What is signed: method, twelve standard fields, `x-ms-` fields, and the resource.
    /// - Parameters:
    ///   - url: as it goes over the wire; the path is signed in its percent-encoded form, query values decoded.
    ///   - headers: what is sent; an `Authorization` among them is ignored.
    package static func stringToSign(account: String, method: String, url: String, headers: HTTPHeaders) -> String {
        var lines = [method.uppercased()]
        for name in standardFields { lines.append(standardValue(name, headers)) }
        lines += canonicalHeaders(headers)
        return lines.joined(separator: "\n") + "\n" + canonicalResource(account: account, url: url)
    }

    private static let standardFields = [
        "Content-Encoding", "Content-Language", "Content-Length", "Content-MD5", "Content-Type", "Date",
        "If-Modified-Since", "If-Match", "If-None-Match", "If-Unmodified-Since", "Range",
    ]

    private static func standardValue(_ name: String, _ headers: HTTPHeaders) -> String {
        let value = headers[name]?.trimmingBlanks ?? ""
        // Since 2015-02-21 a length of zero is signed as nothing; the date is the one in x-ms-date where both are there.
        if name == "Content-Length", value == "0" { return "" }
        if name == "Date", headers["x-ms-date"] != nil { return "" }
        return value
    }

    /// `name:value` a field, names in lower case and in the service's order. A field without a value counts.
    private static func canonicalHeaders(_ headers: HTTPHeaders) -> [String] {
        var values: [String: [String]] = [:]
        for field in headers.fields {
            let name = field.name.lowercased()
            if name.hasPrefix("x-ms-") { values[name, default: []].append(field.value.trimmingBlanks) }
        }
        return values.sorted { HeaderOrder.precedes($0.key, $1.key) }
            .map { "\($0.key):\($0.value.joined(separator: ","))" }
    }

    private static func canonicalResource(account: String, url: String) -> String {
        let parts = WireURL(url)
        var parameters: [String: [String]] = [:]
        for (name, value) in parts.queryItems {
            parameters[name.lowercased(), default: []].append(value)
        }
        let query = parameters.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            .map { "\n\($0.key):\($0.value.sorted().joined(separator: ","))" }
        return "/\(account)\(parts.path)" + query.joined()
    }
}

/// The order in which the service sorts header names, which is a culture's and not ASCII's: hyphens and apostrophes are
/// ignored at first, other signs come before digits, digits before letters.
enum HeaderOrder {
    private static let signs = Array("!#$%&*.^_`|~+".utf8)

    static func precedes(_ left: String, _ right: String) -> Bool {
        let first = left.utf8.compactMap(weight)
        let second = right.utf8.compactMap(weight)
        if first != second { return first.lexicographicallyPrecedes(second) }
        // Equal but for ignored characters: the one that has them later, or has none, comes first.
        for (one, other) in zip(left.utf8, right.utf8) where one != other { return weight(one) != nil }
        return left.utf8.count < right.utf8.count
    }

    /// Nil for characters that are ignored at first.
    private static func weight(_ byte: UInt8) -> Int? {
        if let sign = signs.firstIndex(of: byte) { return sign }
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"): return Int(byte)
        default: return nil
        }
    }
}
