import HTTPTypes
import NIOCore
import Synchronization

/// The newest answers of a route, given again, marked as stale, while the database does not answer.
///
/// Bounded: past the limit the answer that was first stored longest ago is dropped. Storing one costs a second
/// serialisation, a lock and a dictionary access. Under load most are not stored: sixteen thousand a second would push out
/// each other before they are of use, and cost a good part of that rate.
final class LastKnownAnswers: Sendable {
    private struct Entry {
        /// Nil once it was forgotten; its key stays in the ring.
        var response: Response?
        var user: String?
    }

    private struct State {
        var answers: [String: Entry] = [:]
        /// The keys in the order of their first answer, as a ring.
        var keys: [String] = []
        var oldest = 0
    }

    private let limit: Int
    private let interval: Duration
    private let state = Mutex(State())
    /// Uptime in nanoseconds before which no further answer is stored.
    private let nextStore = Atomic<UInt64>(0)

    /// - Parameters:
    ///   - limit: answers stored, at least 1. A thousand lists of ten are about 5 MB.
    ///   - interval: the least time between two answers that are stored.
    init(limit: Int, interval: Duration = .zero) {
        self.limit = limit
        self.interval = interval
    }

    /// Answers with what `read` returns, or, when the database does not answer, with the last answer to the same request.
    ///
    /// The access check comes before a route's handler, so nobody gets what is not theirs.
    /// - Parameters:
    ///   - user: whose answer it is, for ``forget(of:)``; nil for one that is the same for everybody.
    ///   - write: makes the answer; with `isStale` the body says that it is an old one.
    /// - Throws: what `read` throws, when there is nothing to give instead.
    func response<Value>(
        to request: RoutedRequest,
        of user: String? = nil,
        reading read: () async throws -> Value,
        writing write: (_ value: Value, _ isStale: Bool) -> Response
    ) async throws -> Response {
        let key = request.request.head.path ?? ""
        do {
            let value = try await read()
            // Keys are what clients send; a long one is nobody's list.
            if key.utf8.count <= 256, isTimeToStore() {
                store(Entry(response: Self.markedStale(write(value, true)), user: user), for: key)
            }
            return write(value, false)
        } catch let error where ErrorMapping.isDatabaseUnavailable(error) {
            guard let known = state.withLock({ $0.answers[key]?.response }) else { throw error }
            return known
        }
    }

    /// Drops the answers of some users: what they did since must show, and without the database it cannot.
    ///
    /// Cost: O(answers) under the lock.
    func forget(of users: Set<String>) {
        guard !users.isEmpty else { return }
        state.withLock { state in
            for (key, entry) in state.answers where entry.user.map(users.contains) == true {
                state.answers[key]?.response = nil
            }
        }
    }

    /// Whether an answer may be stored now; the next one then waits for the interval.
    private func isTimeToStore() -> Bool {
        guard interval > .zero else { return true }
        let now = NIODeadline.now().uptimeNanoseconds
        let next = nextStore.load(ordering: .relaxed)
        guard now >= next else { return false }
        let later = now + UInt64(interval / .nanoseconds(1))
        return nextStore.compareExchange(expected: next, desired: later, ordering: .relaxed).exchanged
    }

    private func store(_ entry: Entry, for key: String) {
        state.withLock { state in
            guard state.answers.updateValue(entry, forKey: key) == nil else { return }
            guard state.keys.count >= limit else { return state.keys.append(key) }
            state.answers.removeValue(forKey: state.keys[state.oldest])
            state.keys[state.oldest] = key
            state.oldest = (state.oldest + 1) % limit
        }
    }

    private static func markedStale(_ response: Response) -> Response {
        var response = response
        response.headers[.warning] = "110 - \"Response is Stale\""
        response.headers[.cacheControl] = "private, no-store"
        return response
    }
}
