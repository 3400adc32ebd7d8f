import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization

/// The newest answers of a route, kept in memory and given again, marked as stale, while the database does not answer.
///
/// Bounded: past the limit the answer that was first kept longest ago goes. An answer is kept as it was sent, without a copy;
/// keeping one costs a lock and a dictionary access. Under load most are not kept: sixteen thousand a second would push out
/// each other before they are of use, and cost 5 % of that rate.
final class LastKnownAnswers: Sendable {
    private struct State {
        var answers: [String: Response] = [:]
        /// The keys in the order of their first answer, as a ring.
        var keys: [String] = []
        var oldest = 0
    }

    private let limit: Int
    private let interval: Duration
    private let state = Mutex(State())
    /// Uptime in nanoseconds before which no further answer is kept.
    private let nextKeep = Atomic<UInt64>(0)

    /// - Parameters:
    ///   - limit: answers kept, at least 1. A thousand lists of ten are about 5 MB.
    ///   - interval: the least time between two answers that are kept.
    init(limit: Int, interval: Duration = .zero) {
        self.limit = limit
        self.interval = interval
    }

    /// The same route, which answers from memory where it would have answered 503 for want of the database.
    ///
    /// The access check comes before a route's handler, so nobody gets what is not theirs.
    func remembering(_ route: Route) -> Route {
        Route(method: route.method, pattern: route.pattern, access: route.access, isPrefixed: route.isPrefixed) {
            request in
            let key = request.request.head.path ?? ""
            do {
                let response = try await route.handler(request)
                if response.status == .ok, self.isTime() { self.keep(response, for: key) }
                return response
            } catch let error where ErrorMapping.isWantOfDatabase(error) {
                guard let known = self.known(key) else { throw error }
                return await Self.stale(known)
            }
        }
    }

    /// Whether an answer may be kept now; the next one then waits for the interval.
    private func isTime() -> Bool {
        guard interval > .zero else { return true }
        let now = NIODeadline.now().uptimeNanoseconds
        let next = nextKeep.load(ordering: .relaxed)
        guard now >= next else { return false }
        let later = now + UInt64(interval / .nanoseconds(1))
        return nextKeep.compareExchange(expected: next, desired: later, ordering: .relaxed).exchanged
    }

    private func known(_ key: String) -> Response? { state.withLock { $0.answers[key] } }

    private func keep(_ response: Response, for key: String) {
        // Keys are what clients send; a long one is nobody's list.
        guard key.utf8.count <= 256 else { return }
        state.withLock { state in
            guard state.answers.updateValue(response, forKey: key) == nil else { return }
            guard state.keys.count >= limit else { return state.keys.append(key) }
            state.answers.removeValue(forKey: state.keys[state.oldest])
            state.keys[state.oldest] = key
            state.oldest = (state.oldest + 1) % limit
        }
    }

    /// The answer with what tells its age: the header, and the member of the body.
    private static func stale(_ known: Response) async -> Response {
        let body = marked(Array(await WholeBody.of(known).readableBytesView))
        var headers = known.headers
        headers[.warning] = "110 - \"Response is Stale\""
        headers[.cacheControl] = "private, no-store"
        headers[.eTag] = nil
        headers[.contentLength] = nil
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: body)))
    }

    /// `"stale":false` becomes true; an object without the member gets it.
    static func marked(_ object: [UInt8]) -> [UInt8] {
        let member = Array(#""stale":false"#.utf8)
        var bytes = object
        if let range = bytes.lastRange(of: member) {
            bytes.replaceSubrange(range, with: Array(#""stale":true"#.utf8))
        } else if bytes.last == UInt8(ascii: "}"), bytes.count > 2 {
            bytes.removeLast()
            bytes += Array(#","stale":true}"#.utf8)
        }
        return bytes
    }
}

extension [UInt8] {
    fileprivate func lastRange(of part: [UInt8]) -> Range<Int>? {
        guard count >= part.count else { return nil }
        for start in stride(from: count - part.count, through: 0, by: -1)
        where self[start..<start + part.count].elementsEqual(part) {
            return start..<start + part.count
        }
        return nil
    }
}

extension HTTPField.Name {
    // A literal of token characters, which the initialiser accepts.
    // swift-format-ignore: NeverForceUnwrap
    static let warning = Self("Warning")!
}
