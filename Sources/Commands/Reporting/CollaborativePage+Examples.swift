import RecEngine
import RecPipeline
import Reports

/// Products that the models find alike, and customers with their lists and the reasons.
extension CollaborativePage {
    func alike(_ fitted: FittedModels) -> Section {
        var shown = fitted
        shown.models.removeAll { !Self.examples.contains($0.name) }
        var blocks: [Block] = [
            .paragraph(
                "For the products with the most events, those that each model finds most alike. Read them as a shopkeeper: a "
                    + "list that makes sense can be shown on the product's page as it is. What several models name is the surest."
            )
        ]
        blocks += fitted.notes.map { .note($0) }
        for item in request.bestSellers(8) { blocks.append(.table(shown.alike(item, in: request.events))) }
        return Section("Products alike", blocks)
    }

    func customers(_ fitted: FittedModels, _ judged: [ComparedModel]) -> Section {
        // The best model whose scores are sums over the history: of others nobody can say why.
        let order = judged.sorted { $0.ndcg > $1.ndcg }.map(\.name) + Self.examples
        let found = order.lazy.compactMap { name in fitted[name].map { (name, $0) } }.first { _, model in
            chosenCustomers.contains { customer in
                !explained(customer, model, fitted).allSatisfy(\.parts.isEmpty)
            }
        }
        guard let (name, model) = found else {
            return Section("A customer's list, and why", [.note("No list could be made: the data is too little.")])
        }
        var blocks: [Block] = [
            .paragraph(
                "Lists that \(name) would make today, from all events. The score of a product is a sum over the customer's own "
                    + "history, so the reasons are arithmetic: each share is that product's part of the score."
            )
        ]
        for customer in chosenCustomers {
            let profile = fitted.training.profiles[Int(customer)]
            blocks += [
                .table(history(profile, of: customer)),
                .table(list(explained(customer, model, fitted))),
            ]
        }
        return Section("A customer's list, and why", blocks)
    }

    /// One customer with as many products as the typical one of those with five or more, and one with more than nine in
    /// ten have.
    private var chosenCustomers: [Int32] {
        let profiles = ProfileTable(request.events.log.withoutReplacedRows())
        let order = (0..<profiles.count).filter { profiles[$0].count >= 5 }
            .sorted { (profiles[$0].count, $0) < (profiles[$1].count, $1) }
        let usable =
            order.isEmpty
            ? (0..<profiles.count).filter { !profiles[$0].isEmpty }.sorted { profiles[$0].count < profiles[$1].count }
            : order
        guard !usable.isEmpty else { return [] }
        let places = [usable.count / 2, min(usable.count - 1, usable.count * 9 / 10)]
        return Array(Set(places)).sorted().map { Int32(usable[$0]) }
    }

    private func explained(_ customer: Int32, _ model: any Recommender, _ fitted: FittedModels) -> [Explanation] {
        let profile = fitted.training.profiles[Int(customer)]
        return model.recommend(profile, selection: Selection(count: min(8, request.top)))
            .map { model.explain($0.item, profile: profile) }
    }

    private func history(_ profile: Profile, of customer: Int32) -> Table {
        let latest = profile.entries.sorted { ($1.time, $0.item) < ($0.time, $1.item) }.prefix(8)
        let end = request.events.log.times.max() ?? 0
        let shown = latest.count < profile.count ? ", the latest \(latest.count)" : ""
        return Table(
            title:
                "Customer \(request.events.userIDs[Int(customer)]): \(Wording.count(profile.count, "product"))\(shown)",
            columns: [Table.Column("Product"), Table.Column("Days before the last event"), Table.Column("Weight")],
            rows: latest.map {
                Table.Row([
                    .text(request.events.name(of: $0.item)), .number((end - $0.time) / 86_400, .decimals(0)),
                    .number(Double($0.weight)),
                ])
            }
        )
    }

    private func list(_ explanations: [Explanation]) -> Table {
        Table(
            title: "Recommended to this customer",
            columns: [
                Table.Column("Product"), Table.Column("Score"), Table.Column("Because of", alignment: .leading),
                Table.Column("Share"), Table.Column("And of", alignment: .leading), Table.Column("Share"),
            ],
            rows: explanations.map { explanation in
                let score = Double(explanation.item.score)
                let parts = explanation.parts.filter { $0.contribution > 0 && score > 0 }
                func reason(_ place: Int) -> [Table.Cell] {
                    guard parts.indices.contains(place) else { return [.missing, .missing] }
                    let share = min(1, Double(parts[place].contribution) / score)
                    return [.text(request.events.name(of: parts[place].item)), .number(share, .percent())]
                }
                return Table.Row(
                    [.text(request.events.name(of: explanation.item.item)), .number(score, .decimals(3))] + reason(0)
                        + reason(1)
                )
            }
        )
    }
}
