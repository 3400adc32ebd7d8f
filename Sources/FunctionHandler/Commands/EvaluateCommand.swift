import ArgumentParser
import Foundation
import RecEngine
import RecPipeline
import Shop
import Threading

/// Judges the models on a temporal split.
struct EvaluateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Measure the models on a temporal split of the shop's events, or of a file.",
        discussion: """
            The cut is the time of the event at 80 % in time order: what came before it trains, what came at or after it \
            judges. Judged are customers known in training, on products known in training that they had not had before; \
            all products are ranked, those a customer has had are left out.
            """
    )

    @Option(
        help: ArgumentHelp("Order lines in the online-retail format instead of the database.", valueName: "FILE[.gz]")
    )
    var onlineRetail: String?

    @Option(help: ArgumentHelp("Products file; with --interactions, instead of the database.", valueName: "P.csv"))
    var products: String?

    @Option(help: ArgumentHelp("Events file.", valueName: "I.csv"))
    var interactions: String?

    @Option(help: "Length of the lists.")
    var top = 10

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        guard (products == nil) == (interactions == nil) else {
            throw ValidationError("give both --products and --interactions")
        }
        guard (1...1_000).contains(top) else { throw ValidationError("--top must be 1 to 1000") }
    }

    func run() async throws {
        let log: InteractionLog
        if let onlineRetail {
            log = try EventFile.onlineRetail(path: onlineRetail)
        } else if let products, let interactions {
            log = try EventFile.shop(products: products, interactions: interactions)
        } else {
            let environment = try CommandEnvironment.load(.database)
            log = try await environment.withServices { services in
                let (products, interactions) = (services.longProducts, services.longInteractions)
                let loader = DatasetLoader(products: products, interactions: interactions)
                return try await loader.load(dataCut: try await interactions.dataCut()).log
            }
        }
        let compute = ComputePool(threads: Parallelism.processors, name: "compute")
        defer { compute.shutdown() }
        let evaluation = OfflineEvaluation(log: log, top: top)
        let report = try await withTaskExecutorPreference(compute) { try await evaluation.run() }
        print(json ? try report.json() : report.table())
    }
}
