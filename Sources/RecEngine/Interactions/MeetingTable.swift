/// What each user did with each item of theirs that binds most, and when they last did it: what a reason can say of an item.
///
/// Buying binds more than judging, judging more than looking. Rows as in a ``ProfileTable`` of the same log; 16 bytes a
/// pair of user and item.
public struct MeetingTable: Sendable, Equatable {
    /// One item of a user.
    public struct Entry: Sendable, Equatable {
        /// Dense item index.
        public var item: Int32
        /// The most binding thing that the user did with it.
        public var meeting: Meeting
        /// When they last did that, in Unix seconds.
        public var time: Double
    }

    private let indptr: [Int]
    /// The items of all users, row by row.
    public let entries: [Entry]

    /// Number of rows, one a user.
    public var count: Int { indptr.count - 1 }

    /// The items of one user, ascending.
    public subscript(row: Int) -> ArraySlice<Entry> { entries[indptr[row]..<indptr[row + 1]] }

    /// Cost: that of sorting the log's rows by user and item, O(users + items + rows).
    public init(_ log: InteractionLog) {
        let order = PairOrder(
            rows: log.users,
            columns: log.items,
            rowCount: log.userCount,
            columnCount: log.itemCount
        )
        var indptr = [Int](repeating: 0, count: log.userCount + 1)
        var entries: [Entry] = []
        entries.reserveCapacity(order.pairCount)
        order.forEachPair { user, item, places in
            var entry = Entry(item: item, meeting: .none, time: -.infinity)
            for position in 0..<places.count {
                let row = Int(places[position])
                let meeting = log.meetings.isEmpty ? .purchased : log.meetings[row]
                if meeting.rawValue > entry.meeting.rawValue {
                    (entry.meeting, entry.time) = (meeting, log.times[row])
                } else if meeting == entry.meeting {
                    entry.time = max(entry.time, log.times[row])
                }
            }
            entries.append(entry)
            indptr[Int(user) + 1] += 1
        }
        for user in 0..<log.userCount { indptr[user + 1] += indptr[user] }
        self.indptr = indptr
        self.entries = entries
    }
}

extension ArraySlice<MeetingTable.Entry> {
    /// What the user did with an item; nil when it is not one of theirs. Cost: O(log entries).
    public func meeting(with item: Int32) -> MeetingTable.Entry? {
        let position = indices.partition { self[$0].item < item }
        return position < endIndex && self[position].item == item ? self[position] : nil
    }
}
