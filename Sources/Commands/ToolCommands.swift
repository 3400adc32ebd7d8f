package import ArgumentParser

/// The sub-commands for people, in the order in which help lists them.
package enum ToolCommands {
    package static let all: [any ParsableCommand.Type] = [
        MigrateCommand.self, SeedCommand.self, ImportCommand.self, GenerateCommand.self, ReplayCommand.self,
        EvaluateCommand.self, TuneCommand.self, OffPolicyCommand.self, ReportCommand.self, BlobCommand.self,
    ]
}
