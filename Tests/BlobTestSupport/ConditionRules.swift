import AzureBlob
import FoundationEssentials

/// Evaluates conditional headers for a stored blob: "Specifying conditional headers for Blob service operations".
enum ConditionRules {
    /// For a read of a blob that exists.
    static func checkRead(_ blob: StoredBlob.Committed, _ headers: HTTPHeaders) throws(ServiceError) {
        try refuseSeveral(headers)
        if headers["If-None-Match"] == "*" { throw ServiceError(400, "UnsatisfiableCondition") }
        if let tag = headers["If-Match"], tag != "*", tag != blob.etag { throw ServiceError(412, "ConditionNotMet") }
        if let date = headers["If-Unmodified-Since"].flatMap(HTTPMoment.date), second(blob.modified) > date {
            throw ServiceError(412, "ConditionNotMet")
        }
        if headers["If-None-Match"] == blob.etag { throw ServiceError(304, "ConditionNotMet") }
        if let date = headers["If-Modified-Since"].flatMap(HTTPMoment.date), second(blob.modified) <= date {
            throw ServiceError(304, "ConditionNotMet")
        }
    }

    /// For a write; `blob` is nil when there is none yet.
    static func checkWrite(_ blob: StoredBlob.Committed?, _ headers: HTTPHeaders) throws(ServiceError) {
        try refuseSeveral(headers)
        if headers["If-None-Match"] == "*", blob != nil { throw ServiceError(409, "BlobAlreadyExists") }
        if let tag = headers["If-Match"], blob.map({ tag != "*" && tag != $0.etag }) ?? true {
            throw ServiceError(412, "ConditionNotMet")
        }
        guard let blob else { return }
        if headers["If-None-Match"] == blob.etag { throw ServiceError(412, "ConditionNotMet") }
        if let date = headers["If-Modified-Since"].flatMap(HTTPMoment.date), second(blob.modified) <= date {
            throw ServiceError(412, "ConditionNotMet")
        }
        if let date = headers["If-Unmodified-Since"].flatMap(HTTPMoment.date), second(blob.modified) > date {
            throw ServiceError(412, "ConditionNotMet")
        }
    }

    private static func refuseSeveral(_ headers: HTTPHeaders) throws(ServiceError) {
        for name in ["If-Match", "If-None-Match"] where headers[name]?.contains(",") == true {
            throw ServiceError(400, "MultipleConditionHeadersNotSupported")
        }
    }

    /// Headers have a resolution of one second.
    private static func second(_ date: Date) -> Date {
        Date(timeIntervalSince1970: date.timeIntervalSince1970.rounded(.down))
    }
}
