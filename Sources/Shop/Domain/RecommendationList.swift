package import FoundationEssentials

/// Which list a row holds: products new to the customer, or own purchases to repeat. What "discover" leaves out is
/// said by ``InteractionType/effectOnDiscover(value:)``.
package enum ListKind: String, Sendable, CaseIterable {
    case discover
    case buyAgain = "buy_again"
}

/// One row to write: a customer's list, without what is the same for all rows of a chunk.
package struct CacheRow: Sendable {
    /// Internal key.
    package var userKey: Int64
    package var list: ListKind
    /// JSON, as ``StoredList/jsonBytes()`` writes it.
    package var payload: [UInt8]

    package init(userKey: Int64, list: ListKind, payload: [UInt8]) {
        self.userKey = userKey
        self.list = list
        self.payload = payload
    }
}

/// One list to write to the overlay.
package struct OverlayList: Sendable {
    /// Internal key.
    package var userKey: Int64
    package var list: ListKind
    /// Empty when the model has nothing for this customer; served as if it were not there.
    package var payload: StoredList
    /// The customer's events up to this one are in it.
    package var dataCut: Int64

    package init(userKey: Int64, list: ListKind, payload: StoredList, dataCut: Int64) {
        self.userKey = userKey
        self.list = list
        self.payload = payload
        self.dataCut = dataCut
    }
}

/// What all rows of one write share.
package struct CacheStamp: Sendable, Equatable {
    /// 0 for a list computed on demand.
    package var generation: Int64
    /// The list was made from the customer's events up to this interaction id.
    package var dataCut: Int64
    /// The model that scored the list.
    package var modelVersion: String
    /// Compared with the longest age of a list (`CACHE_TTL`).
    package var generatedAt: Date

    package init(generation: Int64, dataCut: Int64, modelVersion: String, generatedAt: Date) {
        self.generation = generation
        self.dataCut = dataCut
        self.modelVersion = modelVersion
        self.generatedAt = generatedAt
    }
}

/// All that one read gives the server about a customer.
package struct CacheLookup: Sendable {
    /// Internal key.
    package var userKey: Int64
    /// Highest interaction id that made the customer's lists stale.
    package var invalidatedAfter: Int64
    /// The number by which the lists of all customers were made stale; 0 where they were not.
    package var allInvalidatedAfter: Int64 = 0
    /// What is live now for the variant that was asked for, `nil` before the first batch.
    package var live: LivePointer?
    /// The newer of the live generation's row and a valid overlay row.
    package var entry: CacheEntry?
}

/// A customer's cached list.
package struct CacheEntry: Sendable, Equatable {
    package var list: StoredList
    package var stamp: CacheStamp
}

/// The generation that a variant is served, with the model that made it.
package struct LivePointer: Sendable, Equatable {
    package var variant: Variant
    package var generation: Int64
    package var modelVersion: String

    package init(variant: Variant, generation: Int64, modelVersion: String) {
        self.variant = variant
        self.generation = generation
        self.modelVersion = modelVersion
    }
}
