import AzureBlob
import FoundationEssentials
import Synchronization

/// The account: containers and blobs, and what operations do to them. A value; ``BlobServer`` keeps it under a mutex.
struct ServiceState: Sendable {
    var containers: [String: StoredContainer] = [:]
    private var changes: UInt64 = 0

    /// A new ETag with each change, as the service has them.
    mutating func nextETag() -> String {
        changes += 1
        let digits = String(changes, radix: 16, uppercase: true)
        return "\"0x8D" + String(repeating: "0", count: 12 - digits.count) + digits + "\""
    }

    /// Carries out an authorised request.
    mutating func perform(_ request: ServiceRequest, _ now: Date) throws(ServiceError) -> ServiceReply {
        guard let name = request.container else {
            guard request.method == "GET", request.comp == "list" else { throw ServiceError(400, "InvalidUri") }
            return listContainers(request)
        }
        guard let blob = request.blob else { return try performOnContainer(name, request, now) }
        guard var container = containers[name] else { throw ServiceError(404, "ContainerNotFound") }
        defer { containers[name] = container }
        return try perform(request, onBlob: blob, in: &container, now)
    }

    private mutating func performOnContainer(_ name: String, _ request: ServiceRequest, _ now: Date)
        throws(ServiceError) -> ServiceReply
    {
        guard request.isContainerWide else { throw ServiceError(400, "InvalidUri") }
        if request.method == "PUT", request.comp.isEmpty {
            guard name.wholeMatch(of: /[a-z0-9](?:-?[a-z0-9])*/) != nil, (3...63).contains(name.utf8.count) else {
                throw ServiceError(400, "InvalidResourceName")
            }
            guard containers[name] == nil else { throw ServiceError(409, "ContainerAlreadyExists") }
            let etag = nextETag()
            containers[name] = StoredContainer(metadata: request.metadata, etag: etag, modified: now)
            return ServiceReply(201, ["ETag": etag, "Last-Modified": HTTPMoment.text(now)])
        }
        guard var container = containers[name] else { throw ServiceError(404, "ContainerNotFound") }
        switch (request.method, request.comp) {
        case ("GET", "list"):
            return list(container, name, request, now)
        case ("GET", ""), ("HEAD", ""):
            var reply = ServiceReply(
                200,
                ["ETag": container.etag, "Last-Modified": HTTPMoment.text(container.modified)]
            )
            container.lease.addHeaders(to: &reply.headers, now)
            for (key, value) in container.metadata { reply.headers["x-ms-meta-\(key)"] = value }
            return reply
        case ("DELETE", ""):
            try container.lease.checkWrite(request.headers["x-ms-lease-id"], now)
            containers[name] = nil
            return ServiceReply(202)
        case ("PUT", "metadata"):
            container.metadata = request.metadata
            container.etag = nextETag()
            containers[name] = container
            return ServiceReply(200, ["ETag": container.etag, "Last-Modified": HTTPMoment.text(now)])
        case ("PUT", "lease"):
            let reply = try container.lease.perform(request, now)
            containers[name] = container
            return reply
        default:
            throw ServiceError(400, "UnsupportedQueryParameter")
        }
    }

    // MARK: - Lists

    private func listContainers(_ request: ServiceRequest) -> ServiceReply {
        let prefix = request.query["prefix"] ?? ""
        let items = containers.filter { $0.key.hasPrefix(prefix) }.sorted { $0.key < $1.key }.map { name, container in
            "<Container><Name>\(name)</Name><Properties><Last-Modified>\(HTTPMoment.text(container.modified))"
                + "</Last-Modified><Etag>\(container.etag.dropFirst().dropLast())</Etag></Properties></Container>"
        }
        return .xml(
            200,
            "<EnumerationResults><Containers>\(items.joined())</Containers><NextMarker/></EnumerationResults>"
        )
    }

    private func list(_ container: StoredContainer, _ name: String, _ request: ServiceRequest, _ now: Date)
        -> ServiceReply
    {
        let prefix = request.query["prefix"] ?? ""
        let delimiter = request.query["delimiter"] ?? ""
        let limit = min(5_000, request.query["maxresults"].flatMap(Int.init) ?? 5_000)
        let withMetadata = request.query["include"]?.contains("metadata") == true
        // Opaque to clients: the last name of the previous page.
        let after = (request.query["marker"] ?? "").reversedText
        var items = ""
        var count = 0
        var last = ""
        var isCut = false
        let names = container.blobs.filter { $0.value.committed != nil && $0.key.hasPrefix(prefix) }.map(\.key)
            .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        var previousPrefix: String?
        for blobName in names {
            guard let blob = container.blobs[blobName]?.committed else { continue }
            var shown = blobName
            var isPrefix = false
            if !delimiter.isEmpty, let cut = blobName.dropFirst(prefix.count).firstRange(of: delimiter) {
                shown = String(blobName[..<cut.upperBound])
                isPrefix = true
                guard shown != previousPrefix else { continue }
            }
            guard after.isEmpty || after.utf8.lexicographicallyPrecedes(shown.utf8) else { continue }
            guard count < limit else {
                isCut = true
                break
            }
            if isPrefix {
                previousPrefix = shown
                items += "<BlobPrefix><Name>\(XMLText.escaped(shown))</Name></BlobPrefix>"
            } else {
                items += Self.entry(shown, blob, container.blobs[blobName]?.lease ?? LeaseState(), withMetadata, now)
            }
            last = shown
            count += 1
        }
        let marker = isCut ? last.reversedText : ""
        return .xml(
            200,
            "<EnumerationResults ContainerName=\"\(name)\"><Prefix>\(XMLText.escaped(prefix))</Prefix>"
                + "<MaxResults>\(limit)</MaxResults><Blobs>\(items)</Blobs><NextMarker>\(XMLText.escaped(marker))</NextMarker></EnumerationResults>"
        )
    }

    private static func entry(
        _ name: String,
        _ blob: StoredBlob.Committed,
        _ lease: LeaseState,
        _ withMetadata: Bool,
        _ now: Date
    ) -> String {
        var properties =
            "<Creation-Time>\(HTTPMoment.text(blob.created))</Creation-Time>"
            + "<Last-Modified>\(HTTPMoment.text(blob.modified))</Last-Modified>"
            + "<Etag>\(blob.etag.dropFirst().dropLast())</Etag><Content-Length>\(blob.content.count)</Content-Length>"
        for (key, value) in blob.properties.sorted(by: { $0.key < $1.key }) {
            properties += "<\(key)>\(XMLText.escaped(value))</\(key)>"
        }
        properties += "<BlobType>BlockBlob</BlobType><LeaseState>\(lease.name(now))</LeaseState>"
        properties += "<LeaseStatus>\(lease.isHeld(now) ? "locked" : "unlocked")</LeaseStatus>"
        var metadata = ""
        if withMetadata {
            let items = blob.metadata.sorted { $0.key < $1.key }
                .map { "<\($0.key)>\(XMLText.escaped($0.value))</\($0.key)>" }
            metadata = "<Metadata>\(items.joined())</Metadata>"
        }
        return "<Blob><Name>\(XMLText.escaped(name))</Name><Properties>\(properties)</Properties>\(metadata)</Blob>"
    }
}

extension String {
    /// Makes a marker opaque to clients.
    fileprivate var reversedText: String { String(reversed()) }
}
