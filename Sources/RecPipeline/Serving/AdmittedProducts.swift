import Shop
import Synchronization

/// The catalogue with what may be in lists now: what can be sold and the shop's settings let in.
package final class AdmittedProducts: Sendable {
    package let catalogue: CatalogueSnapshot
    /// The settings in force when this was made.
    package let settings: LiveSettings.Current
    /// One value a product of the catalogue. Kept as flags because asking the settings compares texts.
    let isAdmitted: [Bool]

    /// Cost: O(products · excluded products and categories).
    init(_ catalogue: CatalogueSnapshot, _ settings: LiveSettings.Current) {
        self.catalogue = catalogue
        self.settings = settings
        let ranking = settings.settings.ranking
        isAdmitted = zip(catalogue.products, catalogue.isSellable).map { $1 && ranking.admits($0) }
    }

    package var ranking: RankingOptions { settings.settings.ranking }

    /// Whether a product may be in lists; not one that has left the catalogue.
    func admits(key: Int64) -> Bool { catalogue.position(ofKey: key).map { isAdmitted[$0] } ?? false }
}

/// Hands out what may be in lists now, made once for each version of the catalogue and of the settings.
package final class Admission: Sendable {
    private let catalogue: CatalogueCache
    private let settings: LiveSettings
    /// The newest first: of the shop's settings and of the arms of an experiment.
    private let latest = Mutex<[AdmittedProducts]>([])
    private static let capacity = 3

    package init(catalogue: CatalogueCache, settings: LiveSettings) {
        self.catalogue = catalogue
        self.settings = settings
    }

    /// Cost: two look-ups in memory, but for the first call after a change.
    /// - Parameters:
    ///   - isChecked: as of ``CatalogueCache/current(isChecked:)``.
    ///   - own: settings of an experiment's arm; nil for the shop's.
    package func current(isChecked: Bool = false, own: LiveSettings.Current? = nil) async throws -> AdmittedProducts {
        let catalogue = try await catalogue.current(isChecked: isChecked)
        let settings = if let own { own } else { await settings.current() }
        let known = latest.withLock { latest in
            latest.first { $0.settings.version == settings.version && $0.catalogue === catalogue }
        }
        if let known { return known }
        let made = AdmittedProducts(catalogue, settings)
        latest.withLock { latest in
            latest.removeAll { $0.settings.version == settings.version }
            latest.insert(made, at: 0)
            if latest.count > Self.capacity { latest.removeLast() }
        }
        return made
    }
}
