import RecEngine
import Shop

/// Where the histories of a chunk's users come from.
enum HistorySource: Sendable {
    /// Of all users of the job, as the process that planned it has read them.
    case memory(Histories)
    /// Read chunk by chunk, up to the job's cut, over the items of its model.
    case database(DatasetLoader, items: KeyIndex)

    /// The histories that hold a chunk's users, and the rows that they are in.
    func histories(of chunk: BatchChunk, _ planned: PlannedJob) async throws -> (Histories, rows: Range<Int>) {
        switch self {
        case .memory(let histories): return (histories, chunk.users)
        case .database(let loader, let items):
            let keys = Array(planned.users.keys[chunk.users])
            let histories = try await loader.histories(of: keys, upTo: planned.dataCut, items: items)
            return (histories, 0..<keys.count)
        }
    }
}
