import ArgumentParser
import Composition
import Foundation
import RecEngine
import RecPipeline
import ReportPages
import Reports
import Shop

/// Makes a page about the shop's data or models.
struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Make a page with charts: what is in the data, what models make of it, which is best.",
        discussion: """
            One HTML file without scripts that needs nothing beside it and prints well.

            exploration    what is in the data: sparsity, long tail, time, repeats, checks
            collaborative  parameter curves, products alike, lists with reasons, coverage
            content        words, vectors, products alike by text, what that is worth
            evaluation     all models compared, with intervals, tests and costs

            collaborative and content look at the train part alone; evaluation looks at the test part. Events come from the \
            shop's database or from files, as for `evaluate`.

            evaluation --job JOB shows what a batch judged when it chose its model, from the shop's database, without fitting \
            anything again.
            """
    )

    enum Kind: String, ExpressibleByArgument, CaseIterable {
        case exploration, collaborative, content, evaluation
    }

    @Argument(help: "exploration, collaborative, content or evaluation.")
    var kind: Kind

    @OptionGroup var source: EventSource

    @OptionGroup var selection: ModelSelection

    @Option(
        help: ArgumentHelp("With evaluation: what this batch job judged, instead of judging now.", valueName: "JOB")
    )
    var job: String?

    @Option(help: ArgumentHelp("The page's file. Default: report-KIND.html.", valueName: "FILE"))
    var out: String?

    private var path: String { out ?? "report-\(kind.rawValue).html" }

    func validate() throws {
        guard selection.models == nil || kind == .collaborative || kind == .evaluation else {
            throw ValidationError("--models goes with collaborative and evaluation")
        }
        guard selection.settings == nil || kind != .exploration else {
            throw ValidationError("--settings does not go with exploration, which fits no model")
        }
        guard job == nil || kind == .evaluation else { throw ValidationError("--job goes with evaluation") }
        guard job == nil || !source.isGiven && !selection.isGiven else {
            throw ValidationError("--job shows what was judged then; leave out data, --split, --models and --settings")
        }
    }

    func run() async throws {
        // Minutes of work must not end at a folder that is not there.
        try OutputPath.check(path)
        if let job { return try write(try await stored(job)) }
        let lineUp = try selection.lineUp()
        let (events, split) = try await source.load()
        guard events.log.count > 0 else { throw NoEvents(source: events.source) }
        let request = ReportRequest(
            events: events,
            split: split,
            lineUp: lineUp,
            models: try selection.names(),
            top: selection.top,
            madeAt: Int64(Date().timeIntervalSince1970),
            version: Build.version,
            arguments: facts
        )
        let progress = TerminalProgress("report")
        let page = try await withComputePool { try await make(request) { progress.begin($0, $1) } }
        progress.finish(page.title)
        try write(page)
    }

    /// The page of a job's stored evaluation.
    private func stored(_ job: String) async throws -> Page {
        let found = try await CommandEnvironment.load(.database).withServices { try await $0.jobs.evaluation(of: job) }
        guard let found else { throw NotJudged(job: job) }
        return EvaluationPage(try ModelChoice(json: found), jobID: job, version: Build.version).page
    }

    private func write(_ page: Page) throws {
        let size = try OutputPath.write(Data(page.html().utf8), to: path)
        print("\(path): \(NumberText.integer((size + 999) / 1_000)) kB; open it in a browser")
    }

    private func make(_ request: ReportRequest, progress: ReportRequest.Progress) async throws -> Page {
        switch kind {
        case .exploration: ExplorationPage(request).page
        case .collaborative: try await CollaborativePage(request).page(progress: progress)
        case .content: try await ContentPage(request).page(progress: progress)
        case .evaluation: try await EvaluationPage(request, progress: progress).page
        }
    }

    private var facts: [Fact] {
        var facts = [Fact("Command", "report \(kind.rawValue)")]
        if kind != .exploration {
            let way = source.train == nil ? "\(source.split ?? .temporal(0.8))" : "as given"
            facts += [Fact("Split", way), Fact("Length of lists", "\(selection.top)")]
            facts.append(Fact("Settings", selection.settings ?? "the models' own"))
        }
        if let models = selection.models { facts.append(Fact("Models", models)) }
        return facts
    }

    /// A job without an evaluation.
    struct NotJudged: Error, CustomStringConvertible {
        let job: String
        var description: String {
            "\(job): is not a job that judged models; a job that keeps the live model judges none"
        }
    }

    /// There is nothing to make a page of.
    struct NoEvents: Error, CustomStringConvertible {
        let source: String
        var description: String {
            "\(source): no events; import orders first, or name a file with --online-retail or --interactions"
        }
    }
}
