import AzureBlob
import FoundationEssentials
import TextFormats

/// Which Application Insights resource is told, from its connection string. No description shows the key.
package struct IngestionSettings: Sendable, Equatable {
    package var instrumentationKey: String
    /// `https://REGION.in.applicationinsights.azure.com`, without a slash at its end.
    package var endpoint: String
    /// Scope of the Entra ID tokens.
    package var scope: String

    package struct Malformed: Error, Equatable, CustomStringConvertible {
        package let description: String
    }

    /// `InstrumentationKey=…;IngestionEndpoint=…;AADAudience=…;…`: names in any case, unknown ones are left out.
    ///
    /// - Throws: what would be right, without the text itself.
    package init(connectionString: String) throws(Malformed) {
        var values: [String: String] = [:]
        for pair in connectionString.split(separator: ";") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else {
                throw Malformed(description: "must be NAME=VALUE pairs separated by semicolons")
            }
            values[parts[0].trimmingBlanks.lowercased()] = parts[1].trimmingBlanks
        }
        guard let key = values["instrumentationkey"], UUID(uuidString: key) != nil else {
            throw Malformed(description: "must have InstrumentationKey=, a UUID, as the Azure portal shows it")
        }
        instrumentationKey = key.lowercased()
        var endpoint = values["ingestionendpoint"] ?? "https://dc.services.visualstudio.com"
        if values["ingestionendpoint"] == nil, let suffix = values["endpointsuffix"] {
            let location = values["location"].map { "\($0)." } ?? ""
            endpoint = "https://\(location)dc.\(suffix)"
        }
        while endpoint.hasSuffix("/") { endpoint.removeLast() }
        let url = WireURL(endpoint)
        guard url.path == "/", url.query == nil, !url.authority.isEmpty, !url.authority.contains("@"),
            url.scheme == "https" || url.scheme == "http" && Self.isLoopback(url.authority),
            endpoint.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else {
            throw Malformed(description: "must have IngestionEndpoint=https://HOST/, or leave it out")
        }
        self.endpoint = endpoint
        // The double slash is real: the audience itself ends in one.
        scope = "\(values["aadaudience"] ?? "https://monitor.azure.com/")/.default"
    }

    /// Whether telemetry, and a token with it, may be sent to where a redirect leads: to Azure Monitor, or on this machine.
    func allowsRedirect(to location: String) -> Bool {
        let url = WireURL(location)
        if url.scheme == "http" {
            return Self.isLoopback(url.authority) && Self.isLoopback(WireURL(endpoint).authority)
        }
        guard url.scheme == "https", !url.authority.contains("@") else { return false }
        let host = url.authority.prefix { $0 != ":" }.lowercased()
        return Self.hosts.contains { host.hasSuffix($0) }
    }

    private static let hosts = [
        ".applicationinsights.azure.com", ".applicationinsights.azure.us", ".applicationinsights.azure.cn",
        ".applicationinsights.us", ".monitor.azure.com", ".monitor.azure.us", ".monitor.azure.cn",
        ".services.visualstudio.com",
    ]

    private static func isLoopback(_ authority: String) -> Bool {
        let host = authority.hasPrefix("[") ? authority.prefix { $0 != "]" } + "]" : authority.prefix { $0 != ":" }
        return ["127.0.0.1", "localhost", "[::1]"].contains(String(host))
    }
}

extension IngestionSettings: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "Application Insights at \(endpoint)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: ["endpoint": endpoint, "scope": scope]) }
}
