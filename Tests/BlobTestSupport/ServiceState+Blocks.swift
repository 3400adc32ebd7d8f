import AzureBlob
import FoundationEssentials

/// Uncommitted blocks, and the block lists that commit them.
extension ServiceState {
    func putBlock(
        _ name: String,
        _ container: inout StoredContainer,
        _ request: ServiceRequest,
        _ now: Date
    ) throws(ServiceError) -> ServiceReply {
        guard let id = request.query["blockid"], let raw = Data(base64Encoded: id), (1...64).contains(raw.count) else {
            throw ServiceError(400, "InvalidQueryParameterValue", "blockid is base64 of 1 to 64 bytes")
        }
        var blob = container.blobs[name] ?? StoredBlob()
        try blob.lease.checkWrite(request.headers["x-ms-lease-id"], now)
        guard blob.staged.allSatisfy({ $0.id.utf8.count == id.utf8.count }) else {
            throw ServiceError(400, "InvalidBlobOrBlock")
        }
        blob.staged.removeAll { $0.id == id }
        blob.staged.append(StoredBlob.Staged(id: id, content: request.body))
        container.blobs[name] = blob
        var reply = ServiceReply(201, ["x-ms-request-server-encrypted": "true"])
        if let crc = request.headers["x-ms-content-crc64"] { reply.headers["x-ms-content-crc64"] = crc }
        return reply
    }

    mutating func putBlockList(
        _ name: String,
        _ container: inout StoredContainer,
        _ request: ServiceRequest,
        _ now: Date
    ) throws(ServiceError) -> ServiceReply {
        let text = String(decoding: request.body.bytes, as: UTF8.self)
        let blob = container.blobs[name] ?? StoredBlob()
        let staged = Dictionary(uniqueKeysWithValues: blob.staged.map { ($0.id, $0) })
        let committed = Dictionary((blob.committed?.blocks ?? []).map { ($0.id, $0) }) { _, last in last }
        var content = BlobContent()
        var blocks: [StoredBlob.Staged] = []
        for match in text.matches(of: /<(Latest|Uncommitted|Committed)>\s*([^<\s]+)\s*</) {
            let id = String(match.2)
            let found: StoredBlob.Staged? =
                switch match.1 {
                case "Latest": staged[id] ?? committed[id]
                case "Uncommitted": staged[id]
                default: committed[id]
                }
            guard let found else { throw ServiceError(400, "InvalidBlockList") }
            content.append(found.content)
            blocks.append(found)
        }
        return try write(
            name,
            &container,
            request,
            now,
            content,
            blocks: blocks,
            md5: request.headers["x-ms-blob-content-md5"]
        )
    }

    func blockList(_ name: String, _ container: StoredContainer, _ request: ServiceRequest)
        throws(ServiceError) -> ServiceReply
    {
        guard let blob = container.blobs[name] else { throw ServiceError(404, "BlobNotFound") }
        func list(_ element: String, _ blocks: [StoredBlob.Staged]) -> String {
            let items = blocks.map { "<Block><Name>\($0.id)</Name><Size>\($0.content.count)</Size></Block>" }
            return "<\(element)>\(items.joined())</\(element)>"
        }
        let kind = request.query["blocklisttype"] ?? "committed"
        var lists = ""
        if kind != "uncommitted" { lists += list("CommittedBlocks", blob.committed?.blocks ?? []) }
        if kind != "committed" { lists += list("UncommittedBlocks", blob.staged) }
        var headers: HTTPHeaders = ["x-ms-blob-content-length": String(blob.committed?.content.count ?? 0)]
        if let etag = blob.committed?.etag { headers["ETag"] = etag }
        return .xml(200, "<BlockList>\(lists)</BlockList>", headers)
    }
}
