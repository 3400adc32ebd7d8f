import Shop

/// Why one product is, or is not, in one customer's list.
package struct ProductTrace: Sendable, Equatable {
    /// What decided.
    package enum Verdict: String, Sendable, CaseIterable {
        case listed
        /// The product is not offered.
        case inactive
        case outOfStock = "out_of_stock"
        /// A setting of the shop keeps it out.
        case excluded
        /// The customer's newest feedback is negative.
        case hidden
        /// "Discover" shows what is new to the customer.
        case bought, rated
        /// "Buy again" shows what was bought.
        case notBought = "not_bought"
        /// Added after the model was fitted.
        case unknown
        /// Nothing in the customer's history leads to it.
        case noScore = "no_score"
        /// Others score higher.
        case outscored
        /// It is too much like what stands before it.
        case diversity
        /// Exploration drew another product.
        case exploration
        /// A new product took the last place.
        case displaced
    }

    /// Where the product stands after a step.
    package struct Place: Sendable, Equatable {
        package var step: ListTrace.Step
        /// From 1; nil when it is not among the step's products.
        package var rank: Int?
        package var score: Float?
        /// Products of the step.
        package var count: Int
    }

    package var productID: String
    /// Whether the model was fitted with the product.
    package var isKnown: Bool
    package var places: [Place]
    package var verdict: Verdict
    /// The verdict in a sentence.
    package var reason: String
    /// What would have to change for another verdict, in a sentence; nil for a product that is listed.
    package var remedy: String?
}

extension ListTrace {
    /// Traces one product through the steps.
    /// - Parameters:
    ///   - isKnown: whether the model was fitted with it.
    ///   - met: of the customer.
    func product(_ product: Product, isKnown: Bool, met: MetProducts, ranking: RankingOptions) -> ProductTrace {
        let places = stages.map { stage in
            let place = stage.place(of: product.key)
            return ProductTrace.Place(
                step: stage.step,
                rank: place?.rank,
                score: place?.score,
                count: stage.items.count
            )
        }
        let (verdict, reason, remedy) =
            rule(against: product, met, ranking) ?? step(of: product.key, isKnown: isKnown, ranking)
        return ProductTrace(
            productID: product.productID,
            isKnown: isKnown,
            places: places,
            verdict: verdict,
            reason: reason,
            remedy: remedy
        )
    }

    private typealias Finding = (ProductTrace.Verdict, reason: String, remedy: String?)

    /// The first rule that keeps the product out, whatever its score.
    private func rule(against product: Product, _ met: MetProducts, _ ranking: RankingOptions) -> Finding? {
        if !product.active { return (.inactive, "the product is not offered: active is false", "set active to true") }
        if product.stock <= 0 { return (.outOfStock, "the product is out of stock", "add stock") }
        if let exclusion = ranking.exclusion(of: product) {
            return (
                .excluded, "ranking.\(exclusion.rawValue) of the recommender settings keeps it out",
                "change ranking.\(exclusion.rawValue) with PUT /config/recommender"
            )
        }
        if met.hidden.contains(product.key) {
            return (
                .hidden, "the customer does not want to see it: their newest feedback on it is negative",
                "feedback of 0 or more on the product, by the customer"
            )
        }
        switch kind {
        case .discover where met.purchased.contains(product.key):
            return (
                .bought, "the customer has bought it, and discover lists what is new to them", "look at list=buy_again"
            )
        case .discover where met.judged.contains(product.key):
            return (
                .rated, "the customer has rated it, and discover lists what is new to them", "nothing: this is final"
            )
        case .buyAgain where !met.purchased.contains(product.key):
            return (.notBought, "the customer has not bought it", "look at list=discover")
        default: return nil
        }
    }

    /// The step at which the product was left behind.
    private func step(of key: Int64, isKnown: Bool, _ ranking: RankingOptions) -> Finding {
        if let place = self[.list].place(of: key) {
            return (.listed, "it is number \(place.rank) of the list", nil)
        }
        guard let candidate = self[.candidates].place(of: key) else {
            return isKnown
                ? (
                    .noScore, "nothing in the customer's history leads to it",
                    "an event of the customer on a product that is bought with it or described like it"
                )
                : (
                    .unknown,
                    picks.contains(key)
                        ? "it was added after the model was fitted, and other new products are nearer to the customer"
                        : "it was added after the model was fitted, and it is not as near to the customer's history, by "
                            + "what is written about it, as what is listed",
                    "the next full batch fits a model with it"
                )
        }
        guard let pooled = self[.rules].place(of: key) else {
            return (
                .outscored,
                "by score it is number \(candidate.rank) of \(self[.candidates].items.count), and the best "
                    + "\(self[.rules].items.count) that may be listed are considered",
                "a higher score, or a longer ranking.list_length (\(ranking.listLength))"
            )
        }
        let diverse = self[.diversity].place(of: key)?.rank ?? pooled.rank
        if self[.exploration].place(of: key) != nil {
            return (
                .displaced, "a product that is new in the shop took a place before it",
                "ranking.exploration of 0 lists no new products"
            )
        }
        if diverse <= length {
            return (
                .exploration, "exploration drew another product for its place",
                "another generation draws anew; ranking.exploration of 0 draws nothing"
            )
        }
        if pooled.rank <= length {
            return (
                .diversity,
                "by score it is number \(pooled.rank), but it is much like what stands before it: diversity moves it to "
                    + "number \(diverse)", "ranking.diversity nearer to 1 (it is \(ranking.diversity))"
            )
        }
        return (
            .outscored,
            "by score it is number \(pooled.rank) of what may be listed, and the list has \(length) places",
            "a higher score, or a longer ranking.list_length (\(ranking.listLength))"
        )
    }
}
