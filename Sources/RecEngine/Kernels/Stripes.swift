import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// How compute is spread over tasks.
public enum Parallelism {
    /// Number of processors online: the number of worker tasks a fit or batch starts unless told otherwise.
    public static let processors = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
}

/// Hands out stripe numbers to workers; rows are skewed, so whoever is free takes the next one.
final class StripeCounter: Sendable {
    private let next = Atomic<Int>(0)
    private let count: Int

    init(count: Int) { self.count = count }

    /// The next stripe, nil when there is none left.
    func take() -> Int? {
        let stripe = next.wrappingAdd(1, ordering: .relaxed).oldValue
        return stripe < count ? stripe : nil
    }
}

/// Cuts rows into stripes of about equal cost.
struct StripePlan: Sendable {
    /// Row ranges, in row order, none empty.
    let ranges: [Range<Int>]

    /// At most `stripes` ranges over `0 ..< offsets.count - 1`, each with about the same growth of `offsets`.
    init(offsets: [Int], rows: Range<Int>, stripes: Int) {
        let start = offsets[rows.lowerBound] + rows.lowerBound
        let total = offsets[rows.upperBound] + rows.upperBound - start
        var ranges: [Range<Int>] = []
        var row = rows.lowerBound
        for stripe in 1...max(1, stripes) where row < rows.upperBound {
            let goal = start + total * stripe / max(1, stripes)
            var end = row + 1
            while end < rows.upperBound, offsets[end] + end < goal { end += 1 }
            if stripe == max(1, stripes) { end = rows.upperBound }
            ranges.append(row..<end)
            row = end
        }
        self.ranges = ranges
    }
}

/// Runs `body` once for each stripe on `workers` tasks, each with a state of its own, and returns the results in
/// stripe order; nil when the task was cancelled.
///
/// The tasks are children of the caller's, so they run under its executor preference. Which worker takes which stripe
/// is chance: a result must not depend on what its worker did before.
func runStripes<State, Output: Sendable>(
    _ stripes: Int,
    workers: Int,
    makeState: @escaping @Sendable () -> State,
    body: @escaping @Sendable (Int, inout State) -> Output
) async -> [Output]? {
    let counter = StripeCounter(count: stripes)
    let parts = await withTaskGroup(of: [(Int, Output)].self) { group in
        for _ in 0..<max(1, min(workers, stripes)) {
            group.addTask {
                var state = makeState()
                var outputs: [(Int, Output)] = []
                while !Task.isCancelled, let stripe = counter.take() {
                    outputs.append((stripe, body(stripe, &state)))
                }
                return outputs
            }
        }
        var all: [(Int, Output)] = []
        for await part in group { all += part }
        return all
    }
    guard parts.count == stripes else { return nil }
    return parts.sorted { $0.0 < $1.0 }.map(\.1)
}
