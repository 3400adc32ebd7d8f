package import Shop

/// Where an import stands.
package enum ImportProgress: Sendable, Equatable {
    /// A file is read: how much of it, 0…1 (nil when its length is not known, as of a pipe), and how many rows so far.
    case reading(String, Double?, rows: Int)
    /// The database brings its rows into the shop's tables.
    case loading(BulkLoadPhase)
    /// Purchase counts and ratings of products are brought up to date.
    case summaries
}
