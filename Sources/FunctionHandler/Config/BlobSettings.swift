/// Where model artifacts are kept.
struct BlobSettings: Sendable, Equatable {
    enum Location: Sendable, Equatable {
        /// A directory of this machine.
        case file(directory: String)
    }

    var location = Location.file(directory: ".local/blob")
    /// A folder in `directory`, as a container is one in a storage account.
    var container = "recommendations"

    var directory: String {
        switch location {
        case .file(let directory): directory
        }
    }

    /// Without BLOB_STORAGE the host's own storage would be used, as every function app has one.
    static func read(_ reader: inout SettingsReader) -> BlobSettings {
        var settings = BlobSettings()
        let before = reader.problems.count
        if let value = reader.text("BLOB_STORAGE") {
            if value.hasPrefix("file:") {
                let directory = String(value.dropFirst("file:".count))
                if directory.isEmpty { reader.refuse("BLOB_STORAGE", "names no directory; give file:DIR") }
                // file:///var/blob and file:/var/blob mean the same place.
                settings.location = .file(
                    directory: directory.hasPrefix("//") ? String(directory.dropFirst(2)) : directory
                )
            } else if value.hasPrefix("https://") || value.hasPrefix("http://") || isConnectionString(value) {
                reader.refuse("BLOB_STORAGE", "Azure Blob Storage is not available yet; give file:DIR")
            } else {
                reader.refuse(
                    "BLOB_STORAGE",
                    "must be file:DIR, a storage connection string or https://ACCOUNT.blob.core.windows.net"
                )
            }
        } else if reader.problems.count == before {
            let inherited = [
                "AzureWebJobsStorage", "AzureWebJobsStorage__blobServiceUri", "AzureWebJobsStorage__accountName",
            ]
            .first { reader.isPresent($0) }
            reader.refuse(
                "BLOB_STORAGE",
                inherited.map {
                    "is not set, so \($0) would be used, but Azure Blob Storage is not available yet; give file:DIR"
                }
                    ?? "is not set; give file:DIR"
            )
        }
        if let container = reader.text("BLOB_CONTAINER") {
            settings.container = container
            if !isContainerName(container) {
                reader.refuse("BLOB_CONTAINER", "must be 3 to 63 lower-case letters, digits and single hyphens")
            }
        }
        return settings
    }

    private static func isConnectionString(_ value: String) -> Bool {
        ["AccountName=", "UseDevelopmentStorage=", "BlobEndpoint="].contains { value.contains($0) }
    }

    /// Azure's rule; a directory follows it too, so that a move to Azure needs no new name.
    private static func isContainerName(_ name: String) -> Bool {
        let utf8 = Array(name.utf8)
        guard (3...63).contains(utf8.count), utf8.first != UInt8(ascii: "-"), utf8.last != UInt8(ascii: "-") else {
            return false
        }
        guard !name.contains("--") else { return false }
        return utf8.allSatisfy { byte in
            byte == UInt8(ascii: "-") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
    }
}
