/// What users did last: their most recent items, and their visits.
///
/// Rows of a log are sorted once by user and time; equal times keep the order of rows. 4 bytes a row and the log itself.
public struct SessionFeatures: Sendable {
    /// One visit: rows with no longer pause between them.
    public struct Session: Sendable, Equatable {
        /// Items in the order they were met, repeats included.
        public var items: [Int32]
        /// Time of the first row, in Unix seconds.
        public var start: Double
        /// Time of the last row.
        public var end: Double
    }

    private let log: InteractionLog
    /// Row numbers by user, then time, then row.
    private let rows: [Int32]
    /// Offsets of the users into `rows`.
    private let indptr: [Int]

    /// Sorts the rows of a log, which holds the events that count as a visit, such as views. Cost: O(rows · log rows of a user).
    /// - Throws: ``FitError/nonFinite(row:)`` for a time that is not finite.
    public init(_ log: InteractionLog) throws(FitError) {
        precondition(log.count <= Int(Int32.max), "more rows than 32-bit places")
        var indptr = [Int](repeating: 0, count: log.userCount + 1)
        for row in 0..<log.count {
            guard log.times[row].isFinite else { throw .nonFinite(row: row) }
            indptr[Int(log.users[row]) + 1] += 1
        }
        for user in 0..<log.userCount { indptr[user + 1] += indptr[user] }
        var rows = [Int32](repeating: 0, count: log.count)
        var next = indptr
        for row in 0..<log.count {
            rows[next[Int(log.users[row])]] = Int32(row)
            next[Int(log.users[row])] += 1
        }
        for user in 0..<log.userCount {
            rows[indptr[user]..<indptr[user + 1]].sort { (log.times[Int($0)], $0) < (log.times[Int($1)], $1) }
        }
        self.log = log
        self.rows = rows
        self.indptr = indptr
    }

    /// The last items a user met, most recent first, each once.
    public func recentItems(ofUser user: Int32, count: Int = 5) -> [Int32] {
        precondition(count >= 0, "negative count")
        var items: [Int32] = []
        for row in rows[range(of: user)].reversed() where items.count < count {
            let item = log.items[Int(row)]
            if !items.contains(item) { items.append(item) }
        }
        return items
    }

    /// A user's visits, oldest first: a silence of more than so many seconds ends one. The default is the half hour
    /// that web analytics has agreed on.
    public func sessions(ofUser user: Int32, silence: Double = 30 * 60) -> [Session] {
        precondition(silence >= 0, "silence must be at least 0")
        var sessions: [Session] = []
        for row in rows[range(of: user)] {
            let item = log.items[Int(row)]
            let time = log.times[Int(row)]
            if let last = sessions.last, time - last.end <= silence {
                sessions[sessions.count - 1].items.append(item)
                sessions[sessions.count - 1].end = time
            } else {
                sessions.append(Session(items: [item], start: time, end: time))
            }
        }
        return sessions
    }

    /// The last items of a profile, most recent first, of equal times the lower item first. Entries whose time is NaN
    /// come last.
    public static func recentItems(of profile: Profile, count: Int = 5) -> [Int32] {
        precondition(count >= 0, "negative count")
        let dated = profile.entries.map { (time: $0.time.isNaN ? -Double.infinity : $0.time, item: $0.item) }
        return dated.sorted { ($1.time, $0.item) < ($0.time, $1.item) }.prefix(count).map(\.item)
    }

    private func range(of user: Int32) -> Range<Int> {
        precondition(user >= 0 && Int(user) < log.userCount, "user out of range")
        return indptr[Int(user)]..<indptr[Int(user) + 1]
    }
}
