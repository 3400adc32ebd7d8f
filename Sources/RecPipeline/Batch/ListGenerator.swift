package import RecEngine
package import Shop

/// Makes the cache rows of a range of users: the model's list with its evidence, filled up from popularity where it is short.
package struct ListGenerator: Sendable {
    private let dataset: Dataset
    private let profiles: ProfileTable
    private let bundle: ModelBundle
    private let listLength: Int
    /// Items of the model that can be sold.
    private let allowed: ItemSet

    /// - Parameter profiles: one row a user of the data set, in its order, over the model's items.
    package init(dataset: Dataset, profiles: ProfileTable, bundle: ModelBundle, listLength: Int) {
        self.dataset = dataset
        self.profiles = profiles
        self.bundle = bundle
        self.listLength = listLength
        allowed = dataset.sellable
    }

    /// Rows of a chunk, in user order. Runs on the caller's executor preference; the same bytes for any number of workers.
    package func rows(for chunk: BatchChunk, workers: Int) async throws -> (rows: [CacheRow], filled: Int) {
        let users = Int(chunk.firstUser)..<Int(chunk.firstUser + chunk.userCount)
        let selection = Selection(count: listLength, allowing: allowed, excludesProfile: false)
        let lists = try await bundle.model.recommendAll(
            profiles,
            rows: users,
            selection: selection,
            hidden: dataset.met,
            withEvidence: true,
            workers: workers
        )
        var rows: [CacheRow] = []
        rows.reserveCapacity(users.count)
        var filled = 0
        for user in users {
            let profile = profiles[user]
            var list = StoredList(
                lists.items(ofRow: user),
                lists.evidence(ofRow: user),
                profile: profile,
                items: bundle.items
            )
            if list.count < listLength {
                filled += 1
                list.fill(
                    to: listLength,
                    from: bundle.popularity,
                    profile: profile,
                    met: dataset.met[user],
                    allowed: allowed,
                    items: bundle.items
                )
            }
            rows.append(CacheRow(userKey: dataset.users.keys[user], list: .discover, payload: list.jsonBytes()))
        }
        return (rows, filled)
    }
}

extension StoredList {
    /// A model's list in stored form.
    package init(
        _ recommended: ArraySlice<ScoredItem>,
        _ evidence: ArraySlice<Evidence?>,
        profile: Profile,
        items: KeyIndex
    ) {
        self.init()
        for (item, evidence) in zip(recommended, evidence) {
            products.append(items.keys[Int(item.item)])
            scores.append(item.score)
            if let evidence {
                self.evidence.append(items.keys[Int(evidence.item)])
                // Readers see two decimals; rounding here makes rows shorter.
                shares.append((evidence.share * 100).rounded() / 100)
                evidenceTimes.append(Int64(profile.time(of: evidence.item)))
            } else {
                self.evidence.append(0)
                shares.append(0)
                evidenceTimes.append(0)
            }
        }
    }

    /// Adds popular products up to a length, with score 0: no model ranked them.
    /// - Parameter met: items that "discover" must not show, ascending.
    package mutating func fill(
        to length: Int,
        from popularity: PopularityModel,
        profile: Profile,
        met: ArraySlice<Int32>,
        allowed: ItemSet?,
        items: KeyIndex
    ) {
        let present = products.compactMap(items.index)
        let excluded = ItemSet(capacity: items.count, present)
        let selection = Selection(
            count: length - count,
            excluding: excluded,
            allowing: allowed,
            excludesProfile: false,
            hidden: met
        )
        var scratch = popularity.makeScratch()
        for item in popularity.recommend(profile, selection: selection, scratch: &scratch) {
            products.append(items.keys[Int(item.item)])
            scores.append(0)
            evidence.append(0)
            shares.append(0)
            evidenceTimes.append(0)
        }
    }
}

extension Profile {
    /// When the item was last interacted with, unix seconds; 0 when it is not in the profile. Cost: O(log entries).
    func time(of item: Int32) -> Double {
        var low = entries.startIndex
        var high = entries.endIndex
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].item < item { low = middle + 1 } else { high = middle }
        }
        return low < entries.endIndex && entries[low].item == item ? entries[low].time : 0
    }
}
