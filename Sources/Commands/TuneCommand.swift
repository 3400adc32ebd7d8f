import ArgumentParser
import RecEngine
import RecPipeline
import Reports

/// Searches for models' best options.
struct TuneCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tune",
        abstract: "Find the best settings of models for this shop, and save them.",
        discussion: """
            The search looks at the train part alone: settings are judged on three cuts through its last three tenths, each by \
            what came before the next. The test part stays unseen, so `evaluate --settings` can say what the choice is worth.

            A model keeps the settings it has unless others are clearly better: by more than one standard error, paired by \
            customer, and at each cut. Of settings that cannot be told from the best the one with the fewest changes is taken.

            Without --grid each model has a grid of its own. --method halving tries all settings on a ninth of the customers \
            and goes on with the best third. With --budget no trial begins after that time, shared by the models; the settings \
            nearest to the present ones are tried first.
            """
    )

    @OptionGroup var source: EventSource

    @Option(help: ArgumentHelp("Models, by name and separated by commas.", valueName: "NAMES"))
    var models = "ease,ease_demand"

    @Option(help: "How settings are searched: grid or halving.")
    var method: Tuning.Method = .grid

    @Option(
        help: ArgumentHelp(
            "Values of a parameter to try, such as regularization=50,100,200.",
            valueName: "NAME=VALUES"
        ),
        transform: { text in
            guard let grid = GridAxis(text) else {
                throw ValidationError("--grid must be NAME=VALUE,VALUE,… with numbers, not \(text)")
            }
            return grid
        }
    )
    var grid: [GridAxis] = []

    @Option(
        help: ArgumentHelp("How long to search: seconds, or such as 90s, 10m or 1h.", valueName: "TIME"),
        transform: { text in
            guard let budget = SearchBudget(text) else {
                throw ValidationError("--budget must be a time above 0 such as 60s, 10m or 1h, not \(text)")
            }
            return budget
        }
    )
    var budget: SearchBudget?

    @Option(help: "Length of the lists.")
    var top = 10

    @Option(help: "Whether products that a customer has met may be in lists.")
    var repeats: EvaluateCommand.Repeats = .leftOut

    @Option(help: ArgumentHelp("Where the settings are saved.", valueName: "FILE"))
    var out = "settings.json"

    func validate() throws {
        try ModelSelection.check(top: top)
        let names = try LineUp.names(models)
        _ = try LineUp.standard.selecting(names)
        guard grid.isEmpty || names.count == 1 else {
            throw ValidationError("--grid goes with one model; name it with --models")
        }
        for (position, axis) in grid.enumerated() where grid[..<position].contains(where: { $0.name == axis.name }) {
            throw ValidationError("--grid \(axis.name) is given twice; put all its values into one")
        }
    }

    func run() async throws {
        try OutputPath.check(out)
        let (events, split) = try await source.load()
        let options = Evaluator.Options(targets: repeats.targets, cutoffs: [top])
        let tuning = try Tuning(events, split: split, options: options, method: method)
        var found: [TunedModel] = []
        let entries = try LineUp.standard.selecting(LineUp.names(models))
        let clock = ContinuousClock()
        let began = clock.now
        for (position, entry) in entries.enumerated() {
            let axes = grid.isEmpty ? SearchSpace.axes(for: entry.configuration) : grid.map { ($0.name, $0.values) }
            let progress = TerminalProgress("tune \(entry.name)")
            let modelBegan = clock.now
            // What earlier models left of the time is shared by the rest.
            let limit = budget.map { max(.zero, $0.duration - (clock.now - began)) / (entries.count - position) }
            let tuned: TunedModel
            do {
                tuned = try await withComputePool {
                    try await tuning.search(entry, grid: ParameterGrid(axes), budget: limit) { done, all in
                        let spent = clock.now - modelBegan
                        let rest = spent / done * (all - done)
                        let left = limit.map { min(rest, max(.zero, $0 - spent)) } ?? rest
                        let seconds = left.components.seconds
                        progress.update(Double(done) / Double(all), "\(done) of \(all) trials, about \(seconds) s left")
                    }
                }
            } catch let error as FitError where error != .cancelled {
                progress.finish("cannot be fitted: \(error)")
                continue
            }
            progress.finish("\(tuned.trials.count) trials")
            print(Self.table(tuned, top: top))
            print("  " + Self.verdict(tuned))
            found.append(tuned)
        }
        if let best = found.max(by: { $0.score < $1.score }), found.count > 1 {
            print("best: \(best.name), nDCG@\(top) \(NumberText.decimal(best.score, places: 4))")
        }
        guard !found.isEmpty else { throw ExitCode.failure }
        try TunedSettings(tuning, models: found).write(to: out)
        print("saved to \(out); judge them with: FunctionHandler evaluate --settings \(out) …")
    }

    /// The ten best trials of the last round.
    private static func table(_ tuned: TunedModel, top: Int) -> String {
        let last = tuned.trials.map(\.round).max() ?? 0
        let best = tuned.trials.filter { $0.round == last }.sorted { ($1.score, $0.index) < ($0.score, $1.index) }
        let lines = best.prefix(10).map { trial in
            "  \(NumberText.decimal(trial.score, places: 4))  \(trial.setting)"
                + (trial.setting == tuned.setting ? "  *" : "")
        }
        return (["\(tuned.name): nDCG@\(top) on the tuning slices"] + lines).joined(separator: "\n")
    }

    /// What was decided and why.
    static func verdict(_ tuned: TunedModel) -> String {
        func gain(_ gain: PairedGain) -> String {
            let sign = gain.mean < 0 ? "−" : "+"
            let mean = NumberText.decimal(abs(gain.mean), places: 4)
            let error = NumberText.decimal(gain.standardError, places: 4)
            let better = gain.folds.count { $0 > 0 }
            return "\(sign)\(mean) (standard error \(error), better on \(better) of \(gain.folds.count) slices)"
        }
        guard let found = tuned.gain else { return "kept the defaults: nothing tried is better" }
        guard tuned.keptPresent else { return "changed: \(gain(found)) over the defaults" }
        return "kept the defaults: the best other setting has \(gain(found)), which is too little to be sure of"
    }
}

/// A time that a person gives: `60`, `60s`, `10m`, `1h`.
struct SearchBudget: Sendable {
    let duration: Duration

    init?(_ text: String) {
        let units: [Character: Double] = ["s": 1, "m": 60, "h": 3_600]
        let unit = text.last.flatMap { units[$0] }
        guard let number = Double(unit == nil ? text : String(text.dropLast())), number > 0, number <= 1e6 else {
            return nil
        }
        duration = .seconds(number * (unit ?? 1))
    }
}

extension Tuning.Method: ExpressibleByArgument {}

/// `name=1,2,3`
struct GridAxis: Sendable {
    let name: String
    let values: [ParameterValue]

    init?(_ text: String) {
        let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
        guard parts.count == 2, !parts[0].isEmpty else { return nil }
        let numbers = parts[1].split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
        guard !numbers.isEmpty, numbers.allSatisfy({ $0?.isFinite == true }) else { return nil }
        name = parts[0]
        values = numbers.compactMap { $0.map(ParameterValue.number) }
    }
}
