package import FoundationEssentials

/// A generation's row: the lists that one batch made with one model.
package struct GenerationRecord: Sendable, Equatable {
    /// Building until its job has ended; live while it is served; retired while it can be made live again; dropped when its lists
    /// were removed.
    package enum Status: String, Sendable, CaseIterable {
        case building, live, retired, failed, dropped

        /// Whether its lists are complete and still there.
        package var hasLists: Bool { self == .live || self == .retired }
    }

    package var generation: Int64
    package var variant: Variant
    package var jobID: String
    package var modelVersion: String
    /// The highest event id that its lists know.
    package var dataCut: Int64
    package var status: Status
    /// Lists at the flip; 0 before.
    package var listCount: Int64
    package var createdAt: Date
    /// When it last went live; `nil` when it never did.
    package var liveAt: Date?
    /// When it last stopped being live.
    package var retiredAt: Date?
    /// Whether the files of its model were deleted.
    package var isArtifactDeleted: Bool

    /// Why it cannot be made live, as far as its row tells; `nil` when it can be tried.
    package var obstacle: ActivationRefusal? {
        switch status {
        case .live: .isLive
        case .retired: isArtifactDeleted ? .artifactsDeleted(model: modelVersion) : nil
        case .building, .failed, .dropped: .incomplete(generation: generation, status)
        }
    }
}

/// A model's row with the generations that were made with it.
package struct StoredModel: Sendable, Equatable {
    /// Candidate until a generation made with it goes live; rejected when it was judged worse than what is live.
    package enum Status: String, Sendable, CaseIterable {
        case candidate, live, retired, rejected
    }

    package var record: ModelRecord
    package var status: Status
    package var createdAt: Date
    /// When its files were deleted.
    package var artifactsDeletedAt: Date?
    /// Newest first.
    package var generations: [GenerationRecord]

    /// The generation that goes live when the model is activated: the newest complete one of everybody's.
    package var candidate: GenerationRecord? {
        generations.first { $0.status.hasLists && $0.variant == .default }
    }

    /// Why the model cannot be made live, as far as rows tell; `nil` when it can be tried.
    package var obstacle: ActivationRefusal? {
        if status == .live { return .isLive }
        guard artifactsDeletedAt == nil else { return .artifactsDeleted(model: record.version) }
        guard let candidate else { return .noCompleteGeneration(model: record.version) }
        return candidate.obstacle
    }
}
