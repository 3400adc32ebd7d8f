package import RecEngine

/// The fitted models of a bundle. All rank the same items.
package struct BundleModels: Sendable {
    /// Ranks products that are new to a customer.
    package var discover: any Recommender
    /// Ranks a customer's own purchases.
    package var buyAgain: any Recommender
    /// What is popular, with everyone and by segment.
    package var popularity: SegmentedPopularity
    /// Items × items for "similar": behaviour, blended with content where events are few.
    package var similar: CSRMatrix
    /// How much the fit knew of each item.
    package var activity: ItemActivity
    /// What stands in one order; nil where no two products do.
    package var baskets: BasketModel?
    /// What goes with a visit's last views; nil where visits say nothing.
    package var session: SessionModel?
    /// Texts and categories; nil where products have none.
    package var content: ContentModel?
    /// Clusters of customers; nil in a small shop.
    package var segments: UserSegments?

    /// Number of items.
    package var itemCount: Int { discover.itemCount }

    /// Lists for customers of whom nothing but preferences or a segment is known.
    package var coldStart: ColdStart { ColdStart(content: content, popularity: popularity) }
}

extension BundleModels {
    private enum FileName {
        static let discover = "model.npz"
        static let buyAgain = "buy_again.npz"
        static let popularity = "popularity.npz"
        static let similar = "similar.npz"
        static let activity = "activity.npz"
        static let baskets = "baskets.npz"
        static let session = "session.npz"
        static let content = "content.npz"
        static let segments = "segments.npz"
    }

    /// The files of what ranks. Arrays of "buy again" that the discover model has too are stored once: both contain the same
    /// EASE by default, which is most of a bundle.
    static func rankerArchives(
        discover: any Recommender,
        buyAgain: any Recommender
    ) -> [(name: String, archive: NPZArchive)] {
        let first = discover.archive()
        return [(FileName.discover, first), (FileName.buyAgain, buyAgain.archive().replacing(arraysOf: first))]
    }

    /// The files of the other models, in a fixed order.
    func companionArchives() -> [(name: String, archive: NPZArchive)] {
        var files = [
            (FileName.popularity, popularity.archive()),
            (FileName.similar, similar.archive()),
            (FileName.activity, activity.archive()),
        ]
        if let baskets { files.append((FileName.baskets, baskets.archive())) }
        if let session { files.append((FileName.session, session.archive())) }
        if let content { files.append((FileName.content, content.archive())) }
        if let segments { files.append((FileName.segments, segments.archive())) }
        return files
    }

    /// The files of all models, in a fixed order.
    package func archives() -> [(name: String, archive: NPZArchive)] {
        Self.rankerArchives(discover: discover, buyAgain: buyAgain) + companionArchives()
    }

    /// Restores what ``archives()`` made.
    /// - Parameter archive: the file of a name; nil when the bundle does not have it.
    /// - Throws: `ArchiveError` for arrays that do not fit together, or what `archive` throws.
    package init(_ archive: (String) async throws -> NPZArchive?) async throws {
        func required(_ name: String) async throws -> NPZArchive {
            guard let found = try await archive(name) else {
                throw ModelArtifactError(path: name, reason: "is not in the manifest")
            }
            return found
        }
        let stored = try await required(FileName.discover).sharingMatrices()
        discover = try stored.recommender()
        buyAgain = try await required(FileName.buyAgain).resolving(arraysOf: stored).recommender()
        popularity = try SegmentedPopularity(archive: try await required(FileName.popularity))
        similar = try CSRMatrix(archive: try await required(FileName.similar))
        activity = try ItemActivity(archive: try await required(FileName.activity))
        baskets = try await archive(FileName.baskets).map(BasketModel.init(archive:))
        session = try await archive(FileName.session).map(SessionModel.init(archive:))
        content = try await archive(FileName.content).map(ContentModel.init(archive:))
        segments = try await archive(FileName.segments).map(UserSegments.init(archive:))
        let counts = [
            buyAgain.itemCount, popularity.everyone.itemCount, similar.rowCount, similar.columnCount,
            activity.itemCount, baskets?.itemCount, session?.itemCount, content?.itemCount,
        ].compactMap { $0 }
        guard counts.allSatisfy({ $0 == discover.itemCount }) else {
            throw ModelArtifactError(path: "manifest.json", reason: "the models of the bundle differ in items")
        }
    }
}

extension NPZArchive {
    private static let reference = "same_as."

    /// The same with an entry `same_as.NAME` in place of each large array that another archive has under any name.
    fileprivate func replacing(arraysOf other: NPZArchive) -> NPZArchive {
        NPZArchive(
            arrays.map { array in
                guard array.storage.count > 1_000,
                    let same = other.arrays.first(where: { $0.shape == array.shape && $0.storage == array.storage })
                else { return array }
                return NPYArray(name: Self.reference + array.name, string: same.name)
            }
        )
    }

    /// Undoes ``replacing(arraysOf:)``; the arrays share their memory.
    fileprivate func resolving(arraysOf other: NPZArchive) throws -> NPZArchive {
        NPZArchive(
            try arrays.map { array in
                guard array.name.hasPrefix(Self.reference) else { return array }
                let target = try string(array.name)
                guard let same = other[target] else {
                    throw ModelArtifactError(path: array.name, reason: "refers to \(target), which is not there")
                }
                return NPYArray(
                    name: String(array.name.dropFirst(Self.reference.count)),
                    shape: same.shape,
                    storage: same.storage
                )
            }
        )
    }
}
