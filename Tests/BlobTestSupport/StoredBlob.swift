import AzureBlob
import FoundationEssentials

/// What a container stores under a name: a committed blob, uncommitted blocks, or both.
struct StoredBlob: Sendable {
    struct Staged: Sendable {
        var id: String
        var content: BlobContent
    }

    struct Committed: Sendable {
        var content = BlobContent()
        /// The blocks of Put Block List; empty when the blob was uploaded in one request.
        var blocks: [Staged] = []
        var etag: String
        var modified: Date
        var created: Date
        var metadata: [String: String] = [:]
        /// Properties by the name of their answer header, such as `Content-Type`.
        var properties: [String: String] = [:]
        var copyID: String?
        var copySource: String?
    }

    var committed: Committed?
    var staged: [Staged] = []
    var lease = LeaseState()
}

struct StoredContainer: Sendable {
    var blobs: [String: StoredBlob] = [:]
    var metadata: [String: String] = [:]
    var etag: String
    var modified: Date
    var lease = LeaseState()
}

/// A lease on a blob or a container, by the service's table of states.
struct LeaseState: Sendable {
    private(set) var id: String?
    private var duration: Int?
    private var ends: Date?
    private var breaksAt: Date?

    /// Whether the lease is held at a time.
    func isHeld(_ now: Date) -> Bool {
        guard id != nil else { return false }
        if let breaksAt { return breaksAt > now }
        return ends.map { $0 > now } ?? true
    }

    func name(_ now: Date) -> String {
        guard id != nil else { return "available" }
        if let breaksAt { return breaksAt > now ? "breaking" : "broken" }
        return isHeld(now) ? "leased" : "expired"
    }

    func addHeaders(to headers: inout HTTPHeaders, _ now: Date) {
        headers["x-ms-lease-state"] = name(now)
        headers["x-ms-lease-status"] = isHeld(now) ? "locked" : "unlocked"
        if isHeld(now), breaksAt == nil { headers["x-ms-lease-duration"] = duration == nil ? "infinite" : "fixed" }
    }

    /// Throws unless a write with the lease id `given` is allowed.
    func checkWrite(_ given: String?, _ now: Date) throws(ServiceError) {
        if isHeld(now) {
            guard let given else { throw ServiceError(412, "LeaseIdMissing") }
            guard given == id else { throw ServiceError(412, "LeaseIdMismatchWithBlobOperation") }
        } else if given != nil {
            throw ServiceError(412, id == given ? "LeaseLost" : "LeaseNotPresentWithBlobOperation")
        }
    }

    /// A write without a lease id clears an expired lease.
    mutating func forgetIfOver(_ now: Date) {
        if !isHeld(now) { self = LeaseState() }
    }

    mutating func perform(_ request: ServiceRequest, _ now: Date) throws(ServiceError) -> ServiceReply {
        let given = request.headers["x-ms-lease-id"]
        let proposed = request.headers["x-ms-proposed-lease-id"]
        switch request.headers["x-ms-lease-action"]?.lowercased() {
        case "acquire":
            let seconds = request.headers["x-ms-lease-duration"].flatMap(Int.init) ?? 0
            guard seconds == -1 || (15...60).contains(seconds) else { throw ServiceError(400, "InvalidHeaderValue") }
            guard !isHeld(now) || breaksAt == nil && proposed == id else {
                throw ServiceError(409, "LeaseAlreadyPresent")
            }
            id = proposed ?? UUID().uuidString.lowercased()
            duration = seconds == -1 ? nil : seconds
            ends = duration.map { now.addingTimeInterval(Double($0)) }
            breaksAt = nil
            return ServiceReply(201, ["x-ms-lease-id": id ?? ""])
        case "renew":
            guard let id, given == id else { throw ServiceError(409, "LeaseIdMismatchWithLeaseOperation") }
            guard breaksAt == nil else { throw ServiceError(409, "LeaseIsBrokenAndCannotBeRenewed") }
            ends = duration.map { now.addingTimeInterval(Double($0)) }
            return ServiceReply(200, ["x-ms-lease-id": id])
        case "change":
            guard isHeld(now), breaksAt == nil else { throw ServiceError(409, "LeaseNotPresentWithLeaseOperation") }
            guard given == id || proposed == id else { throw ServiceError(409, "LeaseIdMismatchWithLeaseOperation") }
            id = proposed
            return ServiceReply(200, ["x-ms-lease-id": id ?? ""])
        case "release":
            guard id != nil, given == id else { throw ServiceError(409, "LeaseIdMismatchWithLeaseOperation") }
            self = LeaseState()
            return ServiceReply(200)
        case "break":
            guard id != nil else { throw ServiceError(409, "LeaseNotPresentWithLeaseOperation") }
            let left = isHeld(now) ? (breaksAt ?? ends).map { Int($0.timeIntervalSince(now).rounded(.up)) } : 0
            let asked = request.headers["x-ms-lease-break-period"].flatMap(Int.init)
            let seconds = min(asked ?? left ?? 0, left ?? asked ?? 0)
            breaksAt = now.addingTimeInterval(Double(seconds))
            return ServiceReply(202, ["x-ms-lease-time": String(seconds)])
        default:
            throw ServiceError(400, "InvalidHeaderValue", "x-ms-lease-action is not known")
        }
    }
}
