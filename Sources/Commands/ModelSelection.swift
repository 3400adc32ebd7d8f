import ArgumentParser
import RecEngine
import RecPipeline
import Threading

/// Which models a command fits, with what settings, and how long their lists are.
struct ModelSelection: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Models, by name and separated by commas. Default: all that suit the data, or the page.",
            valueName: "NAMES"
        )
    )
    var models: String?

    @Option(
        help: ArgumentHelp("Settings that `tune` saved; they take the place of the models' own.", valueName: "FILE")
    )
    var settings: String?

    @Option(help: "Length of the lists.")
    var top = 10

    func validate() throws {
        try Self.check(top: top)
        // A file of settings may have models of its own.
        if settings == nil { _ = try names().map(LineUp.standard.selecting) }
    }

    /// Whether models or settings were named.
    var isGiven: Bool { models != nil || settings != nil }

    static func check(top: Int) throws {
        guard (1...1_000).contains(top) else { throw ValidationError("--top must be 1 to 1000") }
    }

    /// The names asked for; nil for the command's own choice.
    func names() throws -> [String]? { try models.map(LineUp.names) }

    /// All models with the settings in use.
    /// - Throws: for a file of settings that cannot be read, or a name that is not known.
    func lineUp() throws -> LineUp {
        let known = try settings.map { LineUp.standard.replacing(try TunedSettings(path: $0).entries) } ?? .standard
        _ = try names().map(known.selecting)
        return known
    }
}

/// Runs what fits models and makes lists on threads of its own, one a processor.
func withComputePool<T>(_ body: () async throws -> T) async throws -> T {
    let compute = ComputePool(threads: Parallelism.processors, name: "compute")
    defer { compute.shutdown() }
    return try await withTaskExecutorPreference(compute) { try await body() }
}
