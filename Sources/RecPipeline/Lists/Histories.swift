package import RecEngine

/// What customers' lists are made from, a row a customer, over the items of a bundle.
///
/// Those of a whole data set, or of a chunk's customers alone: a row is the same either way, because it depends on that customer's
/// events only.
package struct Histories: Sendable {
    /// Internal keys of the customers, in row order.
    package let keys: [Int64]
    package let profiles: ProfileTable
    package let meetings: MeetingTable
    package let met: MetItems

    /// - Parameter log: rows of users `0 ..< keys.count`, without replaced ones.
    package init(keys: [Int64], log: InteractionLog) {
        self.keys = keys
        profiles = ProfileTable(log)
        meetings = MeetingTable(log)
        met = MetItems(log)
    }

    /// Those of a data set.
    /// - Parameter profiles: of its log, where they exist already.
    package init(_ dataset: Dataset, profiles: ProfileTable? = nil) {
        keys = dataset.users.keys
        self.profiles = profiles ?? ProfileTable(dataset.log)
        meetings = dataset.meetings
        met = dataset.met
    }
}
