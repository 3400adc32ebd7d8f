package import FoundationEssentials
import TextFormats

/// A blob as a list shows it.
package struct BlobEntry: Sendable, Equatable {
    package var name: String
    package var size: Int
    package var etag: String
    package var lastModified: Date?
    /// Where the list was asked for it.
    package var metadata: [String: String]
}

/// Some blobs of a list, in the order of their names.
package struct BlobListPage: Sendable, Equatable {
    package var blobs: [BlobEntry]
    /// What names up to the delimiter have in common, once each.
    package var prefixes: [String]
    /// Where the next page begins; nil after the last one.
    package var nextMarker: String?
}

extension ContainerClient {
    /// One page of the blobs under a prefix.
    /// - Parameters:
    ///   - delimiter: names are shown up to its first place after the prefix only.
    ///   - pageSize: at most 5,000, which is also the service's own size.
    ///   - marker: of the page before.
    package func page(
        prefix: String = "",
        delimiter: String? = nil,
        pageSize: Int? = nil,
        includeMetadata: Bool = false,
        marker: String? = nil
    ) async throws(BlobError) -> BlobListPage {
        var query = [("restype", "container"), ("comp", "list")]
        if !prefix.isEmpty { query.append(("prefix", prefix)) }
        if let delimiter { query.append(("delimiter", delimiter)) }
        if let marker { query.append(("marker", marker)) }
        if let pageSize { query.append(("maxresults", String(pageSize))) }
        if includeMetadata { query.append(("include", "metadata")) }
        let response = try await service.pipeline.run(BlobRequest("list blobs", "GET", address, query: query))
        guard let page = BlobListPage(response.body) else {
            throw BlobError(.badAnswer, operation: "list blobs", target: name, "the list is no list of blobs")
        }
        return page
    }

    /// Every blob under a prefix, in the order of names. Memory: all of them.
    package func list(prefix: String = "", includeMetadata: Bool = false) async throws(BlobError) -> [BlobEntry] {
        var blobs: [BlobEntry] = []
        var marker: String?
        // A page can be empty and still have a next one.
        repeat {
            let page = try await page(prefix: prefix, includeMetadata: includeMetadata, marker: marker)
            blobs += page.blobs
            marker = page.nextMarker
        } while marker != nil
        return blobs
    }
}

extension BlobListPage {
    init?(_ bytes: [UInt8]) {
        guard let root = XMLElementTree(bytes), root.name == "EnumerationResults", let list = root["Blobs"] else {
            return nil
        }
        blobs = []
        prefixes = []
        for element in list.children {
            guard let name = element["Name"].map(Self.name) else { return nil }
            switch element.name {
            case "Blob":
                guard let entry = BlobEntry(name: name, element) else { return nil }
                blobs.append(entry)
            case "BlobPrefix": prefixes.append(name)
            default: continue
            }
        }
        let marker = root["NextMarker"]?.text ?? ""
        nextMarker = marker.isEmpty ? nil : marker
    }

    /// A name that XML cannot hold comes percent-encoded and marked so.
    private static func name(_ element: XMLElementTree) -> String {
        element.attributes["Encoded"] == "true"
            ? WireURL.decoded(element.text[...], plusIsBlank: false) : element.text
    }
}

extension BlobEntry {
    fileprivate init?(name: String, _ element: XMLElementTree) {
        guard let properties = element["Properties"], let size = properties["Content-Length"].flatMap({ Int($0.text) })
        else { return nil }
        self.name = name
        self.size = size
        etag = ETag.quoted(properties["Etag"]?.text ?? "")
        lastModified = properties["Last-Modified"].flatMap { HTTPDate.date($0.text) }
        metadata = [:]
        for item in element["Metadata"]?.children ?? [] { metadata[item.name.lowercased()] = item.text }
    }
}

/// Lists show ETags without the quotes that headers have.
enum ETag {
    static func quoted(_ text: String) -> String { text.isEmpty || text.hasPrefix("\"") ? text : "\"\(text)\"" }
}
