import RecEngine
package import Shop

/// What other settings would make of the lists of some customers: with the live model, before and after. Nothing of it is written.
package struct RecommenderPreview: Sendable {
    /// A product in a list.
    package struct Item: Sendable, Equatable {
        /// In the catalogue.
        package var position: Int
        package var score: Float
        package var isExplored: Bool
    }

    /// Why a product has another rank, or none.
    package enum Cause: String, Sendable, CaseIterable {
        /// A setting keeps it out now, or did so before.
        case excluded, admitted
        /// λ puts it elsewhere.
        case diversity
        /// It is drawn by chance, or was.
        case exploration
        /// The list ends earlier or later.
        case length
        /// Others came or went before it.
        case others
    }

    /// A product whose rank differs.
    package struct Move: Sendable, Equatable {
        package var position: Int
        /// From 1; nil where it is not in the list.
        package var before: Int?
        package var after: Int?
        package var cause: Cause
        /// The cause as a sentence without its full stop.
        package var words: String
    }

    package struct CustomerLists: Sendable {
        package var userID: String
        /// Nil for a customer that the request named.
        package var activity: CustomerActivity?
        /// Products of the history that the model knows.
        package var historyLength: Int
        package var before: [Item]
        package var after: [Item]
        /// By the new rank, then what is gone by the old one.
        package var moves: [Move]
    }

    /// What the lists of one side are like together.
    package struct Figures: Sendable, Equatable {
        /// Different products.
        package var products: Int
        /// … as a share of those that may be in lists.
        package var coverage: Double
        /// Mean of how unlike the products of a list are, 0…1; nil where products have no texts or lists no two products.
        package var diversity: Double?
        /// Share of places that were drawn by chance.
        package var exploredShare: Double
    }

    package var generation: Int64
    package var modelVersion: String
    package var algorithm: String
    package var customers: [CustomerLists]
    package var before: Figures
    package var after: Figures
    /// Mean share of a list's products that it keeps.
    package var meanOverlap: Double
    /// False when the time budget ended before all customers had been looked at.
    package var isComplete: Bool
    /// What the lists here cannot show.
    package var notes: [String]
    package var catalogue: CatalogueSnapshot

    /// Customers whose list differs in any way.
    package var changed: Int { customers.count { !$0.moves.isEmpty } }

    /// Why there is nothing to show.
    package enum Refusal: Error, Sendable, Equatable, CustomStringConvertible {
        case noUsers([String])
        case noCustomers
        case noModel

        package var description: String {
            switch self {
            case .noUsers(let ids): "there is no user \(ids.joined(separator: ", "))"
            case .noCustomers: "the shop has no customers yet"
            case .noModel: "no model is live: no batch has completed yet"
            }
        }
    }
}

/// One set of settings with the list maker that follows them.
struct PreviewSide: Sendable {
    let admitted: AdmittedProducts
    let maker: ListMaker
    var ranking: RankingOptions { admitted.ranking }
}

/// One customer's list of one side, with the steps to it.
struct PreviewedList: Sendable {
    /// Nil where no model ranks: of newcomers.
    var stages: RankingStages?
    var items: [RecommenderPreview.Item]

    /// From 1.
    func rank(of position: Int) -> Int? { items.firstIndex { $0.position == position }.map { $0 + 1 } }
}

extension RecommenderPreview {
    /// What moved between two lists of a customer, and why.
    static func moves(
        _ before: PreviewedList,
        _ after: PreviewedList,
        _ sides: (before: PreviewSide, after: PreviewSide),
        items: KeyIndex
    ) -> [Move] {
        let products = sides.after.admitted.catalogue.products
        let positions = after.items.map(\.position) + before.items.map(\.position).filter { after.rank(of: $0) == nil }
        return positions.compactMap { position in
            let (was, becomes) = (before.rank(of: position), after.rank(of: position))
            guard was != becomes else { return nil }
            let product = products[position]
            let (cause, words) = Self.cause(product, position, before, after, sides, item: items.index(of: product.key))
            return Move(position: position, before: was, after: becomes, cause: cause, words: words)
        }
    }

    private static func cause(
        _ product: Product,
        _ position: Int,
        _ before: PreviewedList,
        _ after: PreviewedList,
        _ sides: (before: PreviewSide, after: PreviewSide),
        item: Int32?
    ) -> (Cause, String) {
        let (was, becomes) = (before.rank(of: position), after.rank(of: position))
        if becomes == nil, let exclusion = sides.after.ranking.exclusion(of: product) {
            return (.excluded, "\(exclusion.words) keeps it out")
        }
        if was == nil, let exclusion = sides.before.ranking.exclusion(of: product) {
            return (.admitted, "\(exclusion.words) kept it out and does so no more")
        }
        let wasExplored = was.map { before.items[$0 - 1].isExplored } ?? false
        let isExplored = becomes.map { after.items[$0 - 1].isExplored } ?? false
        if isExplored, !wasExplored { return (.exploration, "it is drawn by chance") }
        if wasExplored, !isExplored { return (.exploration, "it was drawn by chance") }
        if becomes == nil, let was, was > sides.after.ranking.listLength { return (.length, "the list ends before it") }
        if was == nil, let becomes, becomes > sides.before.ranking.listLength {
            return (.length, "the list goes on to it")
        }
        if let item, let old = before.stages, let new = after.stages,
            sides.before.ranking.diversity != sides.after.ranking.diversity
        {
            let ranks = [old.candidates, new.candidates, old.diverse, new.diverse].map { place(item, $0) }
            // The pool that diversity chooses from is as long as it needs: a rank by score that only one side knows is no difference.
            let isSameScore = ranks[0] == nil || ranks[1] == nil || ranks[0] == ranks[1]
            if isSameScore, ranks[2] != ranks[3], let score = ranks[0] ?? ranks[1] {
                return (.diversity, "number \(score) by score; diversity moves it")
            }
        }
        return (.others, "others came or went before it")
    }

    private static func place(_ item: Int32, _ ranked: [ScoredItem]) -> Int? {
        ranked.firstIndex { $0.item == item }.map { $0 + 1 }
    }

    static func figures(_ lists: [[Item]], _ side: PreviewSide, dissimilarity: Dissimilarity?) -> Figures {
        let listed = Set(lists.joined().map(\.position))
        let admitted = side.admitted.isAdmitted.count { $0 }
        let places = lists.reduce(0) { $0 + $1.count }
        let explored = lists.reduce(0) { $0 + $1.count { $0.isExplored } }
        let products = side.admitted.catalogue.products
        let diversities = dissimilarity.map { dissimilarity in
            lists.compactMap { list -> Double? in
                let items = list.compactMap { side.maker.bundle.items.index(of: products[$0.position].key) }
                return items.count > 1 ? dissimilarity(of: items) : nil
            }
        }
        return Figures(
            products: listed.count,
            coverage: admitted > 0 ? Double(listed.count) / Double(admitted) : 0,
            diversity: diversities.flatMap { $0.isEmpty ? nil : $0.reduce(0, +) / Double($0.count) },
            exploredShare: places > 0 ? Double(explored) / Double(places) : 0
        )
    }

    static func overlap(_ lists: CustomerLists) -> Double {
        let (before, after) = (Set(lists.before.map(\.position)), Set(lists.after.map(\.position)))
        let length = max(before.count, after.count)
        return length > 0 ? Double(before.intersection(after).count) / Double(length) : 1
    }
}

extension RankingOptions.Exclusion {
    /// As the subject of a sentence.
    var words: String {
        switch self {
        case .minimumPrice: "the lowest price"
        case .maximumPrice: "the highest price"
        case .excludedProducts: "the list of excluded products"
        case .excludedCategories: "the list of excluded categories"
        }
    }
}
