package import Shop

/// The moments of a job between two of its writes, in order: where a test ends the process.
package enum BatchPoint: String, Sendable, CaseIterable {
    case leaseTaken = "lease_taken"
    /// Of a job that refreshes lists: the live model is loaded, the customers are chosen.
    case customersChosen = "customers_chosen"
    case inputFixed = "input_fixed"
    case dataLoaded = "data_loaded"
    case modelChosen = "model_chosen"
    /// Its files are in the store, its row is not there yet.
    case modelSaved = "model_saved"
    case modelFixed = "model_fixed"
    case generationOpened = "generation_opened"
    /// Of a large job: its lease is given back, nobody has been called yet.
    case handedOver = "handed_over"
    /// Of each chunk, before and after its transaction.
    case chunkScored = "chunk_scored"
    case chunkLoaded = "chunk_loaded"
    case sealed
    case validated
    case manifestWritten = "manifest_written"
    case flipped
    /// Before each step of housekeeping.
    case housekeeping

    /// The points that a job passes up to the write that completes it.
    package static func before(endOf type: BatchJob.JobType) -> [BatchPoint] {
        switch type {
        case .full:
            allCases.filter { ![.customersChosen, .handedOver, .flipped, .housekeeping].contains($0) }
        case .incremental, .activeUsers: [.leaseTaken, .customersChosen, .chunkScored, .chunkLoaded]
        }
    }
}
