package import FoundationEssentials

/// A slice of the job's users, in the job's user order.
package struct BatchChunk: Sendable, Equatable {
    /// Names it within its job; not its place, because a chunk that fails is split.
    package var number: Int32
    /// Position of the first user in the job's order.
    package var firstUser: Int32
    package var userCount: Int32

    package init(number: Int32, firstUser: Int32, userCount: Int32) {
        self.number = number
        self.firstUser = firstUser
        self.userCount = userCount
    }

    /// Positions of its users in the job's order.
    package var users: Range<Int> { Int(firstUser)..<Int(firstUser + userCount) }
}

/// The right to write one chunk's lists, until its lease ends.
package struct ChunkClaim: Sendable, Equatable {
    package var jobID: String
    package var chunk: BatchChunk
    /// Of the same sequence as those of jobs.
    package var fencingToken: Int64
}

/// A chunk that is marked done, with what its lists are summed up by.
package struct ChunkResult: Sendable, Equatable {
    package var chunk: BatchChunk
    package var listCount: Int
    /// "Discover" lists that the model alone could not fill.
    package var filled: Int
    /// "Discover" lists without a product.
    package var empty: Int
    /// Two a user, in their order: of "discover" and of "buy again"; 0 where there is no list.
    package var digests: [Int64]
    /// The items that are in a "discover" list, 64 a word.
    package var listed: [Int64]

    package init(chunk: BatchChunk, listCount: Int, filled: Int, empty: Int, digests: [Int64], listed: [Int64]) {
        self.chunk = chunk
        self.listCount = listCount
        self.filled = filled
        self.empty = empty
        self.digests = digests
        self.listed = listed
    }
}

/// How far the chunks of a job are.
package struct ChunkStates: Sendable, Equatable {
    package var total: Int
    package var done: Int
    /// Claimed by a process that is believed alive.
    package var claimed: Int
    package var quarantinedUsers: Int
    /// When lists were stored last; nil before the first.
    package var lastDoneAt: Date?
    /// Whether the job is still to be worked on.
    package var isRunning: Bool
    /// The server's clock.
    package var now: Date

    package var unfinished: Int { total - done }
    package var waiting: Int { unfinished - claimed }
}

/// A customer whose lists a job could not make.
package struct QuarantinedUser: Sendable, Equatable {
    package var userKey: Int64
    /// nil for a customer who was erased since.
    package var userID: String?
    package var reason: String

    package init(userKey: Int64, userID: String?, reason: String) {
        self.userKey = userKey
        self.userID = userID
        self.reason = reason
    }
}
