import AzureBlob

/// Where model artifacts are kept, and what lets this program in.
package struct BlobSettings: Sendable, Equatable {
    enum Location: Sendable, Equatable {
        /// A directory of this machine.
        case file(directory: String)
        /// An account's Blob service.
        case azure(endpoint: String, access: Access)
    }

    enum Access: Sendable, Equatable {
        case anonymous
        case sharedKey(SharedKey)
        case sas(String)
        /// Tokens of Entra ID.
        case identity
    }

    var location = Location.file(directory: ".local/blob")
    /// A folder in `directory`, as a container is one in a storage account.
    var container = "recommendations"

    /// BLOB_STORAGE, else the host's own storage, as every function app has one.
    static func read(_ reader: inout SettingsReader) -> BlobSettings {
        var settings = BlobSettings()
        let before = reader.problems.count
        var named: NamedContainer?
        if let location = location(&reader, &named) {
            settings.location = location
        } else if reader.problems.count == before {
            reader.refuse("BLOB_STORAGE", "is not set; give file:DIR or \(forms)")
        }
        if let named { settings.container = named.container }
        if let container = reader.text("BLOB_CONTAINER") {
            settings.container = container
            if let named, named.container != container {
                let remedy = "must be unset, or the container that the URL in \(named.setting) names"
                reader.refuse("BLOB_CONTAINER", remedy)
            }
            // A directory follows Azure's rule too, so that a move to Azure needs no new name.
            if !ContainerClient.isName(container) {
                reader.refuse("BLOB_CONTAINER", "must be 3 to 63 lower-case letters, digits and single hyphens")
            }
        }
        return settings
    }

    /// A container in the URL of a setting.
    private struct NamedContainer {
        var setting: String
        var container: String
    }

    private static let forms = "a storage connection string or https://ACCOUNT.blob.core.windows.net"

    /// The first of the settings that is there. `named` is set when its URL holds a container.
    private static func location(
        _ reader: inout SettingsReader,
        _ named: inout NamedContainer?
    ) -> Location? {
        if let value = reader.text("BLOB_STORAGE") {
            if value.hasPrefix("file:") { return file(value, &reader) }
            return azure("BLOB_STORAGE", value, &reader, &named)
        }
        for name in ["AzureWebJobsStorage", "AzureWebJobsStorage__blobServiceUri"] {
            if let value = reader.text(name) { return azure(name, value, &reader, &named) }
        }
        if let account = reader.text("AzureWebJobsStorage__accountName") {
            guard account.wholeMatch(of: /[a-z0-9]{3,24}/) != nil else {
                reader.refuse("AzureWebJobsStorage__accountName", "must be 3 to 24 lower-case letters and digits")
                return nil
            }
            return .azure(endpoint: "https://\(account).blob.core.windows.net", access: .identity)
        }
        return nil
    }

    private static func file(_ value: String, _ reader: inout SettingsReader) -> Location? {
        let directory = String(value.dropFirst("file:".count))
        guard !directory.isEmpty else {
            reader.refuse("BLOB_STORAGE", "names no directory; give file:DIR")
            return nil
        }
        // file:///var/blob and file:/var/blob mean the same directory.
        return .file(directory: directory.hasPrefix("//") ? String(directory.dropFirst(2)) : directory)
    }

    private static func azure(
        _ name: String,
        _ value: String,
        _ reader: inout SettingsReader,
        _ named: inout NamedContainer?
    ) -> Location? {
        let isURL = value.hasPrefix("https://") || value.hasPrefix("http://")
        guard isURL || StorageConnection.isConnectionString(value) else {
            reader.refuse(name, "must be \(name == "BLOB_STORAGE" ? "file:DIR, " : "")\(forms)")
            return nil
        }
        do {
            let connection =
                try isURL
                ? StorageConnection(url: value, credential: .anonymous) : StorageConnection(connectionString: value)
            let access: Access =
                switch connection.credential {
                case .sharedKey(let key): .sharedKey(key)
                case .sas(let query): .sas(query)
                case .anonymous, .token: isURL ? .identity : .anonymous
                }
            guard access != .identity || connection.endpoint.hasPrefix("https://") || isLoopback(connection.endpoint)
            else {
                reader.refuse(name, "must begin with https://: a token would be readable on the way")
                return nil
            }
            named = connection.container.map { NamedContainer(setting: name, container: $0) }
            return .azure(endpoint: connection.endpoint, access: access)
        } catch {
            reader.refuse(name, "is not usable: \(error)")
            return nil
        }
    }

    /// The host itself and not what its name begins with.
    static func isLoopback(_ url: String) -> Bool {
        let authority = WireURL(url).authority
        return ["127.0.0.1", "localhost", "[::1]"].contains { host in
            authority == host || authority.hasPrefix(host + ":") && Int(authority.dropFirst(host.count + 1)) != nil
        }
    }
}
