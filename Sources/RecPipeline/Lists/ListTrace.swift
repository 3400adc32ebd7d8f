import RecEngine
package import Shop

/// How one customer's list comes about: the products that are left after each step, in their order.
package struct ListTrace: Sendable {
    /// The steps in the order in which they are taken.
    package enum Step: String, Sendable, CaseIterable {
        /// Everything that the model scores above 0.
        case candidates
        /// The best of those that the shop's rules and the customer's history admit: what the later steps choose from.
        case rules
        /// The order after diversity.
        case diversity
        /// The list's positions after exploration.
        case exploration
        /// With new products, and popular ones where it was too short.
        case list
    }

    /// The products after one step.
    package struct Stage: Sendable {
        package var step: Step
        /// Internal keys with the model's scores.
        package var items: [(product: Int64, score: Float)]

        /// The position of a product, from 1, and its score.
        package func place(of product: Int64) -> (rank: Int, score: Float)? {
            items.firstIndex { $0.product == product }.map { ($0 + 1, items[$0].score) }
        }
    }

    package var kind: ListKind
    /// In the order of ``Step``.
    package var stages: [Stage]
    /// Items of the list.
    package var length: Int
    /// New products that are as near to the customer as the list asks for, by key.
    var picks: [Int64]

    package subscript(step: Step) -> Stage {
        stages.first { $0.step == step } ?? Stage(step: step, items: [])
    }
}

extension ListMaker {
    /// The steps of the list that ``list(_:for:count:lift:isAllowed:)`` makes. Scores and sorts every item: for a person who
    /// asks why, not for a batch.
    package func trace(_ kind: ListKind, for customer: Customer, count: Int? = nil) -> ListTrace {
        let selection = selection(count ?? options.listLength)
        let stages = stages(kind, for: customer, selection)
        let finished = finished(stages, kind, customer, selection)
        func keyed(_ items: [ScoredItem]) -> [(product: Int64, score: Float)] {
            items.map { (bundle.items.keys[Int($0.item)], $0.score) }
        }
        return ListTrace(
            kind: kind,
            stages: [
                .init(step: .candidates, items: keyed(scored(kind, customer))),
                .init(step: .rules, items: keyed(stages.candidates)),
                .init(step: .diversity, items: keyed(stages.diverse)),
                .init(step: .exploration, items: keyed(stages.list.items.map(\.scored))),
                .init(step: .list, items: zip(finished.products, finished.scores).map { ($0, $1) }),
            ],
            length: selection.count,
            picks: kind == .discover
                ? picks(beside: stages.list, customer, selection.count).map(\.entry.key) : []
        )
    }

    /// Everything that the list's model scores above 0, in list order; of "buy again" among what was bought.
    private func scored(_ kind: ListKind, _ customer: Customer) -> [ScoredItem] {
        let model = ranker.model(of: kind == .discover ? .discover : .buyAgain)
        let scores = model.scores(for: customer.profile)
        let items = kind == .discover ? Array(0..<Int32(scores.count)) : Array(customer.met.purchased)
        return items.map { ScoredItem(item: $0, score: scores[Int($0)]) }.filter { $0.score > 0 }
            .sorted { $0.isBefore($1) }
    }
}
