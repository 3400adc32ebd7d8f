package import AzureBlob
import FoundationEssentials
import Synchronization

/// Something that goes wrong on purpose, with the requests that it is for.
package struct ServiceFault: Sendable {
    package enum Kind: Sendable, Equatable {
        /// The service refuses for now; nothing is changed.
        case refuse(status: Int, code: String, retryAfter: Int? = nil)
        /// The answer ends after some bytes of its body, then the connection.
        case cutBody(after: Int)
        /// The body comes in pieces of `bytes`, with a pause after each.
        case drip(bytes: Int, pause: Duration)
        /// The request is carried out, its answer never comes, the connection ends.
        case dropReply
        /// The connection ends before the request is carried out.
        case dropRequest
        /// The token is not good any more.
        case expireToken
        /// One bit of the answer's body turns on its way.
        case flipSent(byte: Int)
        /// One bit of the request's body turns on its way.
        case flipReceived(byte: Int)
        /// The answer waits.
        case delay(Duration)
    }

    package var kind: Kind
    package var method: String?
    /// Part of path or query.
    package var target: String?
    /// How many requests it is for.
    package var count: Int

    package init(_ kind: Kind, method: String? = nil, target: String? = nil, count: Int = 1) {
        self.kind = kind
        self.method = method
        self.target = target
        self.count = count
    }
}

/// The faults that wait for their requests; the first that fits a request is taken.
package final class FaultBoard: Sendable {
    private let faults = Mutex<[ServiceFault]>([])

    package func add(_ fault: ServiceFault) { faults.withLock { $0.append(fault) } }

    package func clear() { faults.withLock { $0 = [] } }

    /// How many faults have still to happen.
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

/// What came in, for tests that count.
package final class RequestLog: Sendable {
    package struct Entry: Sendable {
        package var method: String
        package var target: String
        package var headers: HTTPHeaders
        package var bodyLength: Int
        /// Of the connection that it came on.
        package var connection: ObjectIdentifier
        /// Whether it was carried out, as far as the double knows.
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
