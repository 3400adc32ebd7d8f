import AzureBlob
import FoundationEssentials

extension ServiceState {
    /// Copies a blob of this account synchronously.
    mutating func copy(
        _ name: String,
        _ container: inout StoredContainer,
        _ request: ServiceRequest,
        _ now: Date
    ) throws(ServiceError) -> ServiceReply {
        let url = request.headers["x-ms-copy-source"] ?? ""
        let source = ServiceRequest(
            method: "GET",
            target: WireURL(url).path,
            headers: [:],
            body: BlobContent()
        )
        let stored = source.container == request.container ? container : containers[source.container ?? ""]
        guard let from = stored?.blobs[source.blob ?? ""]?.committed else {
            throw ServiceError(404, "CannotVerifyCopySource")
        }
        var blob = container.blobs[name] ?? StoredBlob()
        try blob.lease.checkWrite(request.headers["x-ms-lease-id"], now)
        try ConditionRules.checkWrite(blob.committed, request.headers)
        var committed = from
        committed.etag = nextETag()
        committed.modified = now
        committed.copyID = UUID().uuidString.lowercased()
        committed.copySource = SecretText.redacted(url)
        if !request.metadata.isEmpty { committed.metadata = request.metadata }
        let id = committed.copyID ?? ""
        blob.committed = committed
        container.blobs[name] = blob
        return ServiceReply(
            202,
            [
                "ETag": committed.etag, "Last-Modified": HTTPMoment.text(now), "x-ms-copy-id": id,
                "x-ms-copy-status": "success",
            ]
        )
    }
}
