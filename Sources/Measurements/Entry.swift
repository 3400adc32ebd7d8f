import ArgumentParser

/// Measurements that need the product's own code; the scripts under Benchmarks/ run them.
@main
struct Entry: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "Measurements",
        abstract: "Measure parts of the product; for the scripts under Benchmarks/, on a database made for it.",
        subcommands: [BulkLoadCommand.self, MatrixCommand.self, ModelCommand.self]
    )
}
