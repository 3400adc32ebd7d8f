/// The state that a blob must have for an operation to be carried out; otherwise it fails with `isConditionFailure`.
package enum BlobConditions: Sendable, Equatable {
    /// Any state.
    case unconditional
    /// There is no such blob yet.
    case absent
    /// The blob has this ETag.
    case matching(String)

    func apply(to headers: inout HTTPHeaders) {
        switch self {
        case .unconditional: break
        case .absent: headers["If-None-Match"] = "*"
        case .matching(let etag): headers["If-Match"] = quotedETag(etag)
        }
    }
}

/// The ETag in quotes, which lists show it without and headers have.
func quotedETag(_ text: String) -> String { text.isEmpty || text.hasPrefix("\"") ? text : "\"\(text)\"" }
