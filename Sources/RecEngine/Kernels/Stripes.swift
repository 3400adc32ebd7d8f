import Glibc
import Synchronization

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

/// Runs `body` once for each stripe on `workers` tasks, each with a state of its own, and returns the states, in no
/// particular order; nil when the task was cancelled.
///
/// The tasks are children of the caller's, so they run under its executor preference. Which worker takes which stripe
/// is chance: what is made of the states must not depend on it.
func runWorkers<State: Sendable>(
    stripes: Int,
    workers: Int,
    makeState: @escaping @Sendable () -> State,
    body: @escaping @Sendable (Int, inout State) -> Void
) async -> [State]? {
    let counter = StripeCounter(count: stripes)
    return await withTaskGroup(of: (done: Int, state: State).self) { group in
        for _ in 0..<max(1, min(workers, stripes)) {
            group.addTask {
                var state = makeState()
                var done = 0
                while !Task.isCancelled, let stripe = counter.take() {
                    body(stripe, &state)
                    done += 1
                }
                return (done, state)
            }
        }
        var done = 0
        var states: [State] = []
        for await part in group {
            done += part.done
            states.append(part.state)
        }
        return done == stripes ? states : nil
    }
}

/// Like ``runWorkers(stripes:workers:makeState:body:)``, for a body that makes something of each stripe; the results
/// are in stripe order.
func runStripes<State: Sendable, Output: Sendable>(
    _ stripes: Int,
    workers: Int,
    makeState: @escaping @Sendable () -> State,
    body: @escaping @Sendable (Int, inout State) -> Output
) async -> [Output]? {
    let states = await runWorkers(
        stripes: stripes,
        workers: workers,
        makeState: { (outputs: [(Int, Output)](), state: makeState()) },
        body: { stripe, worker in worker.outputs.append((stripe, body(stripe, &worker.state))) }
    )
    return states?.flatMap(\.outputs).sorted { $0.0 < $1.0 }.map(\.1)
}
