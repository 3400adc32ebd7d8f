import RealModule

/// One item of a person's history.
public struct ProfileEntry: Sendable, Equatable {
    /// Dense item index.
    public var item: Int32
    /// How strongly the person is tied to it; the sum of the weights of their interactions with it.
    public var weight: Float
    /// When they last met it, in Unix seconds.
    public var time: Double

    /// A history entry; time 0 where it is not known.
    public init(item: Int32, weight: Float, time: Double = 0) {
        self.item = item
        self.weight = weight
        self.time = time
    }
}

/// What a model is told about one person: their items with weight and time, sorted by item, one entry an item.
///
/// A profile needs no training row: a visitor who arrived after the last fit has one as soon as they touch an item.
public struct Profile: Sendable, Equatable {
    /// Entries in ascending order of item, without repeats.
    public let entries: ArraySlice<ProfileEntry>

    /// Nothing known.
    public static let empty = Profile([])

    /// Number of distinct items.
    public var count: Int { entries.count }

    /// Whether nothing is known.
    public var isEmpty: Bool { entries.isEmpty }

    /// Sorts entries by item; of several with one item the weights are added and the latest time stays.
    public init(_ entries: [ProfileEntry]) {
        let sorted = entries.enumerated().sorted { ($0.element.item, $0.offset) < ($1.element.item, $1.offset) }
        var merged: [ProfileEntry] = []
        merged.reserveCapacity(entries.count)
        for (_, entry) in sorted {
            if let last = merged.indices.last, merged[last].item == entry.item {
                merged[last].weight += entry.weight
                merged[last].time = max(merged[last].time, entry.time)
            } else {
                merged.append(entry)
            }
        }
        self.entries = merged[...]
    }

    /// Takes entries that are already sorted and unique.
    init(sorted entries: ArraySlice<ProfileEntry>) {
        self.entries = entries
    }

    /// Whether the item is in the profile. Cost: O(log entries).
    public func contains(_ item: Int32) -> Bool { entry(of: item) != nil }

    /// The item's entry; nil when it is not in the profile. Cost: O(log entries).
    public func entry(of item: Int32) -> ProfileEntry? {
        position(of: item).map { entries[entries.startIndex + $0] }
    }

    /// The place of the item's entry, counted from 0; nil when it is not in the profile. Cost: O(log entries).
    func position(of item: Int32) -> Int? {
        let index = entries.indices.partition { entries[$0].item < item }
        return index < entries.endIndex && entries[index].item == item ? index - entries.startIndex : nil
    }
}

extension Profile {
    /// Replaces `weights` by the entries' weights: saturated, and halved for each half-life an entry is older than the
    /// newest one.
    func weigh(saturation: Float, halfLife: Double?, into weights: inout [Float]) {
        weigh(halfLife: halfLife, into: &weights) { $0.weight.saturated(by: saturation) }
    }

    /// The same for weights that the caller makes of the entries.
    ///
    /// An entry has one time, that of the last meeting, so its whole weight is as young as that. What cannot be computed
    /// counts nothing.
    @inline(__always)
    func weigh(halfLife: Double?, into weights: inout [Float], _ weight: (ProfileEntry) -> Float) {
        weights.removeAll(keepingCapacity: true)
        for entry in entries { weights.append(weight(entry)) }
        guard let halfLife else { return }
        let newest = newestTime
        for (position, entry) in entries.enumerated() where weights[position] != 0 {
            let decay = Float(Double.exp2((entry.time - newest) / halfLife))
            weights[position] *= decay.isFinite ? decay : 0
        }
    }

    /// Multiplies each weight by the decay for each distinct time of the profile that is later than the entry's. What has
    /// no finite time counts nothing. Cost: O(entries · log entries).
    func decayByOrder(_ decay: Float, _ weights: inout [Float]) {
        let order = entries.indices.filter { entries[$0].time.isFinite }.sorted { entries[$0].time > entries[$1].time }
        var factors = [Float](repeating: 0, count: entries.count)
        var factor: Float = 1
        for (place, index) in order.enumerated() {
            if place > 0, entries[index].time < entries[order[place - 1]].time { factor *= decay }
            factors[index - entries.startIndex] = factor
        }
        for position in weights.indices { weights[position] *= factors[position] }
    }

    /// Time of the newest entry whose time is finite; −∞ when there is none.
    var newestTime: Double { entries.newestTime }
}

extension ArraySlice<ProfileEntry> {
    /// The latest finite time; −∞ when there is none.
    var newestTime: Double {
        reduce(-Double.infinity) { $1.time > $0 && $1.time.isFinite ? $1.time : $0 }
    }
}

/// From when the ages of interactions are counted: `now`, but not later than one half-life after the newest one, or the
/// weights of a shop without orders for years would all vanish.
func decayOrigin(now: Double, newest: Double, halfLife: Double) -> Double {
    min(now, newest + halfLife)
}
