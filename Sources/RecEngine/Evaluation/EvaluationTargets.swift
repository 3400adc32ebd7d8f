/// Who is judged and by which items, found user by user in ascending order.
struct EvaluationTargets {
    var users: [Int32] = []
    var relevant: [[Int32]] = []
    var summary = Evaluator.TargetSummary()

    /// Looks at what one user met in the test part and, before, in train.
    mutating func add(
        _ wanted: Profile,
        of user: Int32,
        met: Profile,
        _ options: Evaluator.Options,
        _ catalogue: Catalogue
    ) {
        summary.pairs += wanted.count
        guard !met.isEmpty else {
            summary.unknownUsers += 1
            summary.unknownUserPairs += wanted.count
            return
        }
        var items: [Int32] = []
        for entry in wanted.entries {
            if !(entry.weight > 0) {
                summary.notPositive += 1
            } else if !options.targetsUnknownItems && catalogue.usersOfItem[Int(entry.item)] == 0 {
                summary.unknownItems += 1
            } else if options.targets == .newItems && met.contains(entry.item) {
                summary.metBefore += 1
            } else {
                items.append(entry.item)
            }
        }
        guard !items.isEmpty else {
            summary.usersWithoutTarget += 1
            return
        }
        summary.targets += items.count
        summary.judgedUsers += 1
        users.append(user)
        relevant.append(items)
    }
}
