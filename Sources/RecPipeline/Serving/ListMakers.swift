import FoundationEssentials
import RecEngine
import Synchronization

/// The list maker of requests: made once for each model and its age in days, catalogue and version of the settings, because
/// what may be in lists is looked up for every item.
final class ListMakers: Sendable {
    private struct Key: Hashable {
        var modelVersion: String
        var catalogueVersion: Int64
        var settingsVersion: Int64
        var generation: Int64
        var modelAge: Double
    }

    private let makers = Mutex<[(key: Key, maker: ListMaker)]>([])
    /// The live model of each variant, and for a while the one before it.
    private static let capacity = 4

    /// Cost: O(1); O(products and the words of new ones) for the first request after a change, so call it off the
    /// cooperative pool.
    /// - Parameter moment: when the lists are made.
    func maker(
        _ bundle: ModelBundle,
        _ admitted: AdmittedProducts,
        generation: Int64,
        at moment: Date = Date()
    ) -> ListMaker {
        let now = moment.timeIntervalSince1970
        let key = Key(
            modelVersion: bundle.version,
            catalogueVersion: admitted.catalogue.version,
            settingsVersion: admitted.settings.version,
            generation: generation,
            modelAge: bundle.age(at: now)
        )
        if let known = makers.withLock({ $0.first { $0.key == key }?.maker }) { return known }
        let keys = bundle.items.keys
        let products = zip(admitted.catalogue.products, admitted.isAdmitted).lazy.filter(\.1).map(\.0)
        let maker = ListMaker(
            bundle: bundle,
            options: admitted.ranking,
            allowed: ItemSet(
                capacity: keys.count,
                (0..<Int32(keys.count)).filter { admitted.admits(key: keys[Int($0)]) }
            ),
            newProducts: NewProducts(products, bundle: bundle, now: Date().timeIntervalSince1970),
            generation: generation,
            at: now
        )
        makers.withLock { makers in
            makers.insert((key, maker), at: 0)
            if makers.count > Self.capacity { makers.removeLast() }
        }
        return maker
    }
}
