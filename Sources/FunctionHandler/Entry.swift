import ArgumentParser

/// The program. The host starts it without arguments, so serving is the default.
@main
struct Entry: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "FunctionHandler",
        abstract: "The recommender shop: an Azure Functions custom handler and its tools.",
        subcommands: [
            ServeCommand.self, MigrateCommand.self, SeedCommand.self, ImportCommand.self, GenerateCommand.self,
            ReplayCommand.self, EvaluateCommand.self, TuneCommand.self, ReportCommand.self, BlobCommand.self,
            BenchCommand.self,
        ],
        defaultSubcommand: ServeCommand.self
    )
}
