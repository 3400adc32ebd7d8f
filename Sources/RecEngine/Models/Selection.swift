/// What may be in a list and how long it is.
public struct Selection: Sendable {
    /// Most items to list; a list is shorter when the model has no more.
    public var count: Int
    /// Items that must not be returned.
    public var excluded: ItemSet?
    /// When set, nothing else may be returned.
    public var allowed: ItemSet?
    /// Whether the items of the profile itself are left out, as a list of new items needs. The default is yes.
    public var excludesProfile: Bool

    /// Items that this one person must not be shown, ascending; never returned. Looked up by bisection, so no set of all
    /// items is made for each person.
    public var hidden: ArraySlice<Int32>

    /// A selection; by default everything but the profile's own items.
    public init(
        count: Int,
        excluding excluded: ItemSet? = nil,
        allowing allowed: ItemSet? = nil,
        excludesProfile: Bool = true,
        hidden: ArraySlice<Int32> = []
    ) {
        precondition(count >= 0, "negative count")
        self.count = count
        self.excluded = excluded
        self.allowed = allowed
        self.excludesProfile = excludesProfile
        self.hidden = hidden
    }

    /// Whether the sets and the person's hidden items let an item through.
    @inline(__always)
    func admits(_ item: Int32) -> Bool {
        if let excluded, excluded.contains(item) { return false }
        if let allowed, !allowed.contains(item) { return false }
        return hidden.isEmpty || !hidden.containsSorted(item)
    }
}

extension ArraySlice<Int32> {
    /// Whether ascending elements hold this one. Cost: O(log count).
    public func containsSorted(_ element: Int32) -> Bool {
        let position = indices.partition { self[$0] < element }
        return position < endIndex && self[position] == element
    }
}
