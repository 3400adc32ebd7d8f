import RecEngine
import Shop
import Synchronization

/// The products that were added after a model was fitted, placed beside its own by what is written about them. Made once for
/// each model and catalogue.
final class AddedProducts: Sendable {
    /// Those of one model and catalogue.
    struct Placed: Sendable {
        /// Positions in the catalogue, ascending.
        let positions: [Int]
        /// A row a position; nil where the model has no texts.
        let features: ProductFeatures?

        /// The row of a product; nil for one that the model knows.
        func row(of position: Int) -> Int? {
            let found = positions.indices.partition { positions[$0] < position }
            return found < positions.count && positions[found] == position ? found : nil
        }
    }

    private let latest = Mutex<(modelVersion: String, catalogue: CatalogueSnapshot, placed: Placed)?>(nil)

    /// Cost: a comparison; O(products + words of those added) for the first call after a change.
    func placed(_ bundle: ModelBundle, _ catalogue: CatalogueSnapshot) -> Placed {
        let known = latest.withLock { latest in
            latest?.modelVersion == bundle.version && latest?.catalogue === catalogue ? latest?.placed : nil
        }
        if let known { return known }
        let positions = catalogue.products.indices.filter { bundle.items.index(of: catalogue.products[$0].key) == nil }
        let space = bundle.models.content?.features.space
        let placed = Placed(
            positions: positions,
            features: space?.features(describing: positions.map { ProductDescription(catalogue.products[$0]) })
        )
        latest.withLock { $0 = (bundle.version, catalogue, placed) }
        return placed
    }
}
