package import FoundationEssentials
import TextFormats

/// A blob as a list shows it.
package struct BlobEntry: Sendable, Equatable {
    package var name: String
    /// Bytes of the blob.
    package var size: Int
    /// Quoted, as conditions take it.
    package var etag: String
    package var lastModified: Date?
}

extension ContainerClient {
    /// Every blob under a prefix, in the order of names. Memory: all of them.
    /// - Parameter pageSize: blobs in one response; at most 5,000, which is also the service's default.
    package func list(prefix: String = "", pageSize: Int? = nil) async throws(BlobError) -> [BlobEntry] {
        var blobs: [BlobEntry] = []
        var marker: String?
        // A page can be empty and still have a next one.
        repeat {
            let page = try await page(prefix: prefix, pageSize: pageSize, marker: marker)
            blobs += page.blobs
            marker = page.nextMarker
        } while marker != nil
        return blobs
    }

    private func page(prefix: String, pageSize: Int?, marker: String?) async throws(BlobError) -> BlobListPage {
        var query = [("restype", "container"), ("comp", "list")]
        if !prefix.isEmpty { query.append(("prefix", prefix)) }
        if let marker { query.append(("marker", marker)) }
        if let pageSize { query.append(("maxresults", String(pageSize))) }
        let response = try await service.pipeline.run(BlobRequest("list blobs", "GET", address, query: query))
        guard let page = BlobListPage(response.body) else {
            throw BlobError(.badAnswer, operation: "list blobs", target: name, "the response is not a list of blobs")
        }
        return page
    }
}

/// One response of a list.
private struct BlobListPage {
    var blobs: [BlobEntry] = []
    /// Where the next page begins; nil after the last one.
    var nextMarker: String?

    init?(_ bytes: [UInt8]) {
        guard let root = XMLElementTree(bytes), root.name == "EnumerationResults", let list = root["Blobs"] else {
            return nil
        }
        for element in list.children where element.name == "Blob" {
            guard let blob = Self.blob(element) else { return nil }
            blobs.append(blob)
        }
        let marker = root["NextMarker"]?.text ?? ""
        nextMarker = marker.isEmpty ? nil : marker
    }

    private static func blob(_ element: XMLElementTree) -> BlobEntry? {
        guard let name = element["Name"], let properties = element["Properties"],
            let size = properties["Content-Length"].flatMap({ Int($0.text) })
        else { return nil }
        return BlobEntry(
            // A name that XML cannot hold comes percent-encoded and marked so.
            name: name.attributes["Encoded"] == "true"
                ? WireURL.decoded(name.text[...], plusIsBlank: false) : name.text,
            size: size,
            etag: quotedETag(properties["Etag"]?.text ?? ""),
            lastModified: properties["Last-Modified"].flatMap { HTTPDate.date($0.text) }
        )
    }
}
