import ArgumentParser
import Foundation
import RecEngine
import RecPipeline
import Reports

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
            """
    )

    enum Kind: String, ExpressibleByArgument, CaseIterable {
        case exploration, collaborative, content, evaluation
    }

    @Argument(help: "exploration, collaborative, content or evaluation.")
    var kind: Kind

    @OptionGroup var source: EventSource

    @OptionGroup var selection: ModelSelection

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
    }

    func run() async throws {
        // Minutes of work must not end at a folder that is not there.
        try OutputPath.check(path)
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
            arguments: facts
        )
        let progress = TerminalProgress("report")
        let page = try await withComputePool { try await make(request) { progress.begin($0, $1) } }
        progress.finish(page.title)
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

    /// There is nothing to make a page of.
    struct NoEvents: Error, CustomStringConvertible {
        let source: String
        var description: String {
            "\(source): no events; import orders first, or name a file with --online-retail or --interactions"
        }
    }
}
