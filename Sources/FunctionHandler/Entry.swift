import ArgumentParser
import Commands

/// The program. The host starts it without arguments, so serving is the default.
@main
struct HandlerProgram: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "FunctionHandler",
        abstract: "The recommender shop: an Azure Functions custom handler and its tools.",
        subcommands: [ServeCommand.self] + ToolCommands.all,
        defaultSubcommand: ServeCommand.self
    )
}
