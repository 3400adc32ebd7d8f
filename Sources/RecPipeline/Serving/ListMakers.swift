import RecEngine
import Synchronization

/// The list maker of requests: made once for each model, catalogue and version of the settings, because what may be in lists
/// is looked up for every item.
final class ListMakers: Sendable {
    private struct Key: Hashable {
        var modelVersion: String
        var catalogueVersion: Int64
        var settingsVersion: Int64
        var generation: Int64
    }

    private let makers = Mutex<[(key: Key, maker: ListMaker)]>([])
    /// The live model of each variant, and for a while the one before it.
    private static let capacity = 4

    /// Cost: O(1), O(items) for the first request after a change.
    func maker(
        _ bundle: ModelBundle,
        _ settings: LiveSettings.Current,
        _ catalogue: CatalogueSnapshot,
        generation: Int64
    ) -> ListMaker {
        let key = Key(
            modelVersion: bundle.version,
            catalogueVersion: catalogue.version,
            settingsVersion: settings.version,
            generation: generation
        )
        if let known = makers.withLock({ $0.first { $0.key == key }?.maker }) { return known }
        let ranking = settings.settings.ranking
        var allowed = ItemSet(capacity: bundle.items.count)
        for (item, productKey) in bundle.items.keys.enumerated() {
            guard let position = catalogue.position(ofKey: productKey), catalogue.isSellable[position],
                ranking.admits(catalogue.products[position])
            else { continue }
            allowed.insert(Int32(item))
        }
        let maker = ListMaker(bundle: bundle, options: ranking, allowed: allowed, generation: generation)
        makers.withLock { makers in
            makers.insert((key, maker), at: 0)
            if makers.count > Self.capacity { makers.removeLast() }
        }
        return maker
    }
}
