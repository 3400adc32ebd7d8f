package import FoundationEssentials

/// Which list a row holds: products new to the customer, or own purchases worth repeating.
package enum ListKind: String, Sendable, CaseIterable {
    case discover
    case buyAgain = "buy_again"
}

/// A list as the cache stores it, as parallel arrays; names, prices and reasons are made when it is served.
///
/// Stored form: `{"v":1,"p":[product keys],"s":[scores],"e":[evidence keys],"w":[shares],"t":[unix seconds]}`, where 0 in
/// `e` means that the model has no evidence. 20 items take about 1,600 bytes as jsonb, below the 2 kB from which
/// PostgreSQL would move the value out of line.
package struct StoredList: Sendable, Equatable {
    /// Recommended products, best first.
    package var products: [Int64]
    /// Model scores, falling.
    package var scores: [Float]
    /// The product of the customer's own history that contributed most, 0 without one.
    package var evidence: [Int64]
    /// That product's share of the score, 0…1, two decimals.
    package var shares: [Float]
    /// When the customer last touched the evidence product, unix seconds, 0 without one.
    package var evidenceTimes: [Int64]

    package init(
        products: [Int64] = [],
        scores: [Float] = [],
        evidence: [Int64] = [],
        shares: [Float] = [],
        evidenceTimes: [Int64] = []
    ) {
        self.products = products
        self.scores = scores
        self.evidence = evidence
        self.shares = shares
        self.evidenceTimes = evidenceTimes
    }

    package var count: Int { products.count }
}

/// One row to write: a customer's list and nothing that is the same for the whole chunk.
package struct CacheRow: Sendable {
    package var userKey: Int64
    package var list: ListKind
    package var payload: [UInt8]

    package init(userKey: Int64, list: ListKind, payload: [UInt8]) {
        self.userKey = userKey
        self.list = list
        self.payload = payload
    }
}

/// What all rows of one write share.
package struct CacheStamp: Sendable, Equatable {
    package var generation: Int64
    package var dataCut: Int64
    package var modelVersion: String
    package var generatedAt: Date

    package init(generation: Int64, dataCut: Int64, modelVersion: String, generatedAt: Date) {
        self.generation = generation
        self.dataCut = dataCut
        self.modelVersion = modelVersion
        self.generatedAt = generatedAt
    }
}

/// What one read tells the server about a customer.
package struct CacheLookup: Sendable {
    package var userKey: Int64
    /// Highest interaction id that made lists stale.
    package var invalidatedAfter: Int64
    /// What is live now, `nil` before the first batch.
    package var live: LivePointer?
    /// The newer of the live generation's row and a valid overlay row.
    package var entry: CacheEntry?
}

/// A customer's cached list.
package struct CacheEntry: Sendable, Equatable {
    package var list: StoredList
    package var stamp: CacheStamp
}

/// What is being served.
package struct LivePointer: Sendable, Equatable {
    package var generation: Int64
    package var modelVersion: String

    package init(generation: Int64, modelVersion: String) {
        self.generation = generation
        self.modelVersion = modelVersion
    }
}
