import RecEngine
import RecPipeline
import Reports

/// How good models are for customers who came once and for those who come often.
struct ActivityFigure {
    var users: [Int32]
    /// Days with an event before the cut, of every customer.
    var days: [Int]
    /// nDCG of each judged customer by each model; at most six.
    var models: [(name: String, values: [Double])]
    var top: Int

    var blocks: [Block] {
        let activity = ActivityGroups(users, days: days)
        guard activity.groups.count > 1 else {
            return [
                .note("The judged customers are too few, or too much alike, to be told apart by how often they came.")
            ]
        }
        let means = models.map { activity.means(of: $0.values) }
        let series = zip(models, means).map { model, means in
            Series(model.name, zip(activity.groups, means).map { Series.Point($0.meanDays, $1) })
        }
        return [
            .figure(
                .lines(
                    title: "nDCG@\(top) by how often a customer has come",
                    series: series,
                    x: Axis("Days with an event before the cut, mean of the group", scale: .logarithmic),
                    y: Axis("nDCG@\(top)", format: .decimals(2))
                ),
                caption:
                    "Each point is a group of customers. Where lines cross, another model is better for those customers; "
                    + "bands are 95% bootstrap intervals. \(reading(activity, means))"
            ),
            .table(
                title: "The same in figures",
                columns: ["Customers who came on", "Customers"] + models.map { "\($0.name)" },
                rows: activity.groups.enumerated().map { position, group in
                    Table.Row(
                        [.text(group.label), .count(group.members.count)]
                            + means.map { .number($0[position].mean, .decimals(3)) }
                    )
                }
            ),
        ]
    }

    /// Who is best for the rarest and for the most frequent visitors.
    private func reading(_ groups: ActivityGroups, _ means: [[ConfidenceInterval]]) -> String {
        guard let first = groups.groups.first, let last = groups.groups.last else { return "" }
        func best(_ position: Int) -> String {
            let winner = models.indices.reduce(0) { means[$1][position].mean > means[$0][position].mean ? $1 : $0 }
            return models[winner].name
        }
        return "Best for \(first.label): \(best(0)); for \(last.label): \(best(groups.groups.count - 1))."
    }
}
