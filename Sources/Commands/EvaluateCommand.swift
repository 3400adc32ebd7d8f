import ArgumentParser
import RecEngine
import RecPipeline

/// Judges the models on a split of the shop's events.
struct EvaluateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Measure the models on a split of the shop's events, or of files; files need no database.",
        discussion: """
            Models are fitted on the train part and judged by what customers known in training met in the test part, on \
            products known in training. All products are ranked. By default the cut is the time of the event at 80 % in time \
            order, and products that a customer has met are left out of lists and of the targets; with --repeats allowed \
            they are in both. Targets are products viewed, clicked, put into the cart, bought, liked or rated with more than \
            one star; a one-star rating, a dislike or an impression alone makes none.

            A model that cannot be fitted is a row with the reason; exit status 1 when none could be.

            Settings were chosen on the first four fifths of the published orders; `tune` finds a shop's own.
            """
    )

    @OptionGroup var source: EventSource

    @OptionGroup var selection: ModelSelection

    /// Whether lists may hold what a customer has met.
    enum Repeats: String, ExpressibleByArgument, CaseIterable {
        case leftOut = "left-out"
        case allowed

        var targets: Evaluator.Options.Targets { self == .allowed ? .allItems : .newItems }
    }

    @Option(help: "Whether products that a customer has met may be in lists.")
    var repeats: Repeats = .leftOut

    @Option(
        help: ArgumentHelp(
            "Fit models on what came so many days before the cut through time; they rank with histories up to it.",
            valueName: "DAYS"
        )
    )
    var modelAge: Double?

    @Option(
        help: ArgumentHelp("Judge by the first so many days after the cut through time alone.", valueName: "DAYS")
    )
    var judgedDays: Double?

    @Option(
        help: ArgumentHelp("Write all lists as model,user_id,rank,product_id,score.", valueName: "OUT.csv")
    )
    var recommendations: String?

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        let isCut = if case .temporal? = source.split ?? .temporal(0.8) { source.train == nil } else { false }
        for (name, days) in [("--model-age", modelAge), ("--judged-days", judgedDays)] {
            guard let days else { continue }
            guard days >= 0, days <= 36_500 else {
                throw ValidationError("\(name) must be 0 to 36500 days, not \(days)")
            }
            guard isCut else { throw ValidationError("\(name) needs a cut through time: --split temporal:0.8 or such") }
        }
    }

    func run() async throws {
        let known = try selection.lineUp()
        try recommendations.map { try OutputPath.check($0) }
        let (events, split) = try await source.load()
        let options = Evaluator.Options(targets: repeats.targets, cutoffs: [selection.top])
        let evaluation = try OfflineEvaluation(
            events,
            split: judgedDays.map { split?.judging(for: $0 * 86_400) } ?? split,
            options: options,
            modelAge: (modelAge ?? 0) * 86_400
        )
        let entries =
            try selection.names().map(known.selecting)
            ?? known.suited(targets: options.targets, hasFeatures: evaluation.hasFeatures)
        let file = try recommendations.map { try RecommendationsFile($0, events: events) }
        let progress = TerminalProgress("evaluate")
        let report = try await withComputePool {
            try await evaluation.run(
                entries,
                progress: { name, position in progress.begin(name, Double(position) / Double(entries.count)) },
                receive: { try file?.append(model: $0.row.model, $0.lists) }
            )
        }
        try file?.finish()
        progress.finish("\(entries.count) models")
        print(json ? try report.json() : report.table())
        guard report.best != nil else { throw ExitCode.failure }
    }
}
