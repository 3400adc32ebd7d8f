package import Shop
import Synchronization
import TextFormats

/// Product lists with filters, facets, orders and pages, from the catalogue in memory; only a search asks the database, which
/// products have its words.
package final class ProductListing: Sendable {
    private let catalogue: CatalogueCache
    private let search: ProductSearchRepository
    private let latest = Mutex<ProductIndex?>(nil)

    package init(catalogue: CatalogueCache, search: ProductSearchRepository) {
        (self.catalogue, self.search) = (catalogue, search)
    }

    /// One page. A search that finds nothing is tried again with the nearest words that products have.
    ///
    /// Cost: O(products), about a microsecond for a hundred of them; the first page in an order after a change sorts them.
    package func page(_ query: ProductQuery) async throws -> ProductPage {
        let index = index(of: try await catalogue.current())
        guard let text = query.search else { return index.page(query, ranks: nil) }
        let words = SearchWords.of(text)
        let page = index.page(query, ranks: try await ranks(words, in: index))
        guard page.total == 0, let corrected = index.vocabulary.corrected(words) else { return page }
        var other = index.page(query, ranks: try await ranks(corrected, in: index))
        // A filter may be what leaves nothing.
        guard other.total > 0 else { return page }
        other.correctedSearch = corrected.joined(separator: " ")
        return other
    }

    /// How well each product matches, by position; 0 for those that do not.
    private func ranks(_ words: [String], in index: ProductIndex) async throws -> [Float] {
        var ranks = [Float](repeating: 0, count: index.catalogue.products.count)
        for match in try await search.matches(words) {
            // A match has words, so its rank is above 0; a product newer than the catalogue in memory is not there yet.
            guard let position = index.catalogue.position(ofKey: match.key) else { continue }
            ranks[position] = max(match.rank, .leastNonzeroMagnitude)
        }
        return ranks
    }

    private func index(of catalogue: CatalogueSnapshot) -> ProductIndex {
        latest.withLock { latest in
            if let latest, latest.catalogue === catalogue { return latest }
            let made = ProductIndex(catalogue)
            latest = made
            return made
        }
    }
}
