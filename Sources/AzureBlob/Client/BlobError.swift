/// A failed request to the Blob service. Holds nothing secret: no key, no signature, no token.
package struct BlobError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The service's own code, such as `BlobNotFound`, or one of ours for what happened on the way.
    package struct Code: Sendable, Hashable, ExpressibleByStringLiteral, CustomStringConvertible {
        package let rawValue: String
        package init(_ rawValue: String) { self.rawValue = rawValue }
        package init(stringLiteral value: String) { rawValue = value }
        package var description: String { rawValue }

        // The service's.
        package static let blobNotFound: Code = "BlobNotFound"
        package static let containerNotFound: Code = "ContainerNotFound"
        package static let containerAlreadyExists: Code = "ContainerAlreadyExists"
        package static let blobAlreadyExists: Code = "BlobAlreadyExists"
        package static let conditionNotMet: Code = "ConditionNotMet"
        package static let invalidBlockList: Code = "InvalidBlockList"
        package static let authenticationFailed: Code = "AuthenticationFailed"

        // Ours.
        /// No response, after all attempts.
        package static let noAnswer: Code = "NoAnswer"
        /// The task was cancelled.
        package static let cancelled: Code = "Cancelled"
        /// The bytes do not have the checksum that the service or the upload stated.
        package static let checksumMismatch: Code = "ChecksumMismatch"
        /// The response is not one of the Blob service.
        package static let badAnswer: Code = "BadAnswer"
        /// No source gave a token.
        package static let credentialUnavailable: Code = "CredentialUnavailable"
        /// A name that the service would refuse.
        package static let invalidName: Code = "InvalidName"
        /// The source of an upload cannot be read, or changed during the upload.
        package static let sourceFailed: Code = "SourceFailed"
    }

    package var code: Code
    /// HTTP status; nil when there was no response.
    package var status: Int?
    /// The name of the request, such as "put blob".
    package var operation: String
    /// Container and blob.
    package var target: String
    package var message: String
    package var requestID: String?
    package var clientRequestID: String?
    /// How often the request was sent.
    package var tries = 1
    /// Whether the service may have carried out an attempt whose response was lost.
    var mayHaveHappened = false

    init(_ code: Code, status: Int? = nil, operation: String, target: String, _ message: String) {
        self.code = code
        self.status = status
        self.operation = operation
        self.target = target
        self.message = message
    }

    package var description: String {
        var text = "\(operation) \(target): \(message) (\(code)"
        if let status { text += ", status \(status)" }
        if tries > 1 { text += ", \(tries) tries" }
        // The service's own id finds a request in its logs; without a response ours does.
        if let id = requestID ?? clientRequestID { text += ", request \(id)" }
        return text + ")"
    }

    /// Whether another write came first: the blob exists already, or has another ETag.
    package var isConditionFailure: Bool { status == 412 || code == .blobAlreadyExists }

    /// Whether there is no such blob or container.
    package var isNotFound: Bool { status == 404 }

    /// Whether the same request may succeed later: the one definition of "transient" for this service.
    ///
    /// The rules of the Storage SDKs: no answer, 408, every 5xx but 501 and 505; not 429, which the service does not use.
    /// In addition bytes that were damaged on their way in either direction.
    package var isTransient: Bool {
        if code == .noAnswer || code == "Md5Mismatch" || code == "Crc64Mismatch" { return true }
        guard let status else { return false }
        // A checksum mismatch without a status is that of the complete blob, which is damaged where it is stored.
        if code == .checksumMismatch || status == 408 { return true }
        return (500...599).contains(status) && status != 501 && status != 505
    }

    /// The cause or remedy of a code, where the service's own message does not say it.
    static func advice(for code: Code, status: Int) -> String? {
        switch code.rawValue {
        case "AuthenticationFailed":
            "the key, token or signature is wrong or has expired, or this machine's clock is more than 15 minutes off"
        case "AuthorizationFailure":
            "the account's firewall does not admit this machine, or the account does not allow shared keys"
        case "AuthorizationPermissionMismatch":
            "the identity lacks the role Storage Blob Data Contributor, or was given it less than ten minutes ago"
        case "AuthorizationResourceTypeMismatch", "AuthorizationServiceMismatch", "AuthorizationProtocolMismatch":
            "the shared access signature does not cover this operation"
        case "ContainerBeingDeleted": "a container of that name is being deleted; try again in a minute"
        case "ServerBusy": "the account is throttled"
        default: status == 401 ? "the token was refused" : nil
        }
    }
}
