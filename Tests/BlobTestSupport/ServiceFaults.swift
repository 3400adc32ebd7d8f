package import AzureBlob
import FoundationEssentials
import Synchronization

/// A fault to inject, and the requests that it applies to.
package struct ServiceFault: Sendable {
    package enum Kind: Sendable, Equatable {
        /// The service refuses the request; nothing is changed.
        case refuse(status: Int, code: String, retryAfter: Int? = nil)
        /// The response's body ends after some bytes, and the connection is closed.
        case cutBody(after: Int)
        /// The body is sent in pieces of `bytes`, with a pause after each.
        case drip(bytes: Int, pause: Duration)
        /// The request is carried out, but the connection is closed without a response.
        case dropReply
        /// The connection is closed before the request is carried out.
        case dropRequest
        /// The token has expired.
        case expireToken
        /// One bit of the response's body is flipped.
        case flipSent(byte: Int)
        /// One bit of the request's body is flipped.
        case flipReceived(byte: Int)
        /// The response is delayed.
        case delay(Duration)
    }

    package var kind: Kind
    package var method: String?
    /// Part of path or query.
    package var target: String?
    /// How many requests it applies to.
    package var count: Int

    package init(_ kind: Kind, method: String? = nil, target: String? = nil, count: Int = 1) {
        self.kind = kind
        self.method = method
        self.target = target
        self.count = count
    }
}

/// The pending faults; a request takes the first that matches it.
package final class FaultBoard: Sendable {
    private let faults = Mutex<[ServiceFault]>([])

    package func add(_ fault: ServiceFault) { faults.withLock { $0.append(fault) } }

    package func clear() { faults.withLock { $0 = [] } }

    /// How many faults are still pending.
    package var pending: Int { faults.withLock { $0.reduce(0) { $0 + $1.count } } }

    func take(method: String, target: String) -> ServiceFault.Kind? {
        faults.withLock { faults in
            let found = faults.firstIndex { fault in
                (fault.method ?? method) == method && (fault.target.map(target.contains) ?? true)
            }
            guard let found else { return nil }
            let kind = faults[found].kind
            faults[found].count -= 1
            if faults[found].count <= 0 { faults.remove(at: found) }
            return kind
        }
    }
}

/// The requests received, for tests that count them.
package final class RequestLog: Sendable {
    package struct Entry: Sendable {
        package var method: String
        package var target: String
        package var headers: HTTPHeaders
        package var bodyLength: Int
        /// Identifies the connection.
        package var connection: ObjectIdentifier
        /// The status of the response; nil until there is one.
        package var status: Int?
    }

    private let entries = Mutex<[Entry]>([])

    package var all: [Entry] { entries.withLock { $0 } }

    package func count(_ method: String, _ target: String) -> Int {
        all.count { $0.method == method && $0.target.contains(target) }
    }

    package func clear() { entries.withLock { $0 = [] } }

    func append(_ entry: Entry) -> Int {
        entries.withLock { entries in
            entries.append(entry)
            return entries.count - 1
        }
    }

    func answered(_ index: Int, _ status: Int) {
        entries.withLock { entries in
            if index < entries.count { entries[index].status = status }
        }
    }
}
