import ArgumentParser
import Foundation
import RecEngine
import Threading

/// One side of a comparison of models, driven through standard input by Benchmarks/models.py.
struct ModelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model",
        abstract: "Fit a model and make lists as often as standard input says so.",
        discussion: """
            Says {"ready": true} when its data are in memory. Then each line is a command: `run` fits once, makes all lists \
            and answers with the seconds, `result FILE` writes what the last run made as a .npz, `quit` ends. \
            Benchmarks/peers/models.py talks the same way.
            """
    )

    @Argument(help: "What is measured.")
    var name: String

    @Option(help: ArgumentHelp("Folder of the data, where the measurement has any.", valueName: "DIR"))
    var data: String?

    @Option(help: "Threads.")
    var workers = 2

    func validate() throws {
        guard workers > 0 else { throw ValidationError("--workers must be at least 1") }
    }

    func run() async throws {
        // As keen as any other process: the peer is measured like this too.
        let compute = ComputePool(threads: workers, name: "compute", niceness: 0)
        defer { compute.shutdown() }
        try await withTaskExecutorPreference(compute) { try await serve() }
    }

    private func serve() async throws {
        guard let make = ModelMeasurements.makers[name] else {
            return say("{\"error\": \"there is no measurement \(name)\"}")
        }
        var measurement = try await make(MeasurementData(folder: data), workers)
        say("{\"ready\": true}")
        while let line = readLine() {
            let words = line.split(separator: " ", maxSplits: 1).map(String.init)
            switch (words.first, words.count) {
            case ("run", 1):
                let figures = try await measurement.run(workers: workers)
                let fields = figures.map { "\"\($0.name)\": \($0.value)" }
                say("{\(fields.joined(separator: ", "))}")
            case ("result", 2):
                let archive = try measurement.result()
                try Data(archive.serialized()).write(to: URL(fileURLWithPath: words[1]))
                say("{\"written\": true}")
            case ("quit", 1): return
            default: throw ValidationError("\(line) is no command")
            }
        }
    }

    private func say(_ line: String) {
        FileHandle.standardOutput.write(Data((line + "\n").utf8))
    }
}
