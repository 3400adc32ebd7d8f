import ArgumentParser
import Composition
import Foundation
import RecEngine
import RecPipeline
import Reports

/// Where evaluate, tune and report take events from, and how they are split.
struct EventSource: ParsableArguments {
    @Option(
        help: ArgumentHelp("Order lines in the online-retail format instead of the database.", valueName: "FILE[.gz]")
    )
    var onlineRetail: String?

    @Option(help: ArgumentHelp("Products file, instead of the database's catalogue.", valueName: "P.csv"))
    var products: String?

    @Option(help: ArgumentHelp("Events file; needs --products.", valueName: "I.csv"))
    var interactions: String?

    @Option(
        help: ArgumentHelp(
            "Events to learn from, of a split made elsewhere; needs --test. --products is optional.",
            valueName: "T.csv"
        )
    )
    var train: String?

    @Option(help: ArgumentHelp("Events to judge by.", valueName: "T.csv"))
    var test: String?

    @Option(
        help: ArgumentHelp("How events are split: \(SplitSpecification.usage).", valueName: "SPLIT"),
        transform: { text in
            guard let split = SplitSpecification(text) else {
                throw ValidationError("--split must be \(SplitSpecification.usage), not \(text)")
            }
            return split
        }
    )
    var split: SplitSpecification?

    func validate() throws {
        let ways = [onlineRetail != nil, interactions != nil, train != nil || test != nil]
        guard ways.count(where: { $0 }) <= 1 else {
            throw ValidationError("give one of --online-retail, --interactions, and --train with --test")
        }
        guard (train == nil) == (test == nil) else { throw ValidationError("give both --train and --test") }
        guard interactions == nil || products != nil else { throw ValidationError("--interactions needs --products") }
        guard products == nil || interactions != nil || train != nil else {
            throw ValidationError("--products needs --interactions, or --train and --test")
        }
        guard split == nil || train == nil else {
            throw ValidationError("--train and --test are a split already; leave --split out")
        }
    }

    /// Whether data or a split were named.
    var isGiven: Bool { [onlineRetail, products, interactions, train, test].contains { $0 != nil } || split != nil }

    /// Reads the events and splits them; says on standard error what was left out. The split is nil when there are no
    /// events.
    func load() async throws -> (events: ShopEvents, split: DataSplit?) {
        let specification = split ?? .temporal(0.8)
        if let train, let test {
            let (events, isTest) = try ShopEvents.split(products: products, train: train, test: test)
            warn(events.reading)
            return events.split(isTest: isTest)
        }
        let events = try await read()
        warn(events.reading)
        guard let (numbered, split) = events.split(specification) else { return (events, nil) }
        return (numbered, split)
    }

    private func read() async throws -> ShopEvents {
        if let onlineRetail { return try ShopEvents.onlineRetail(path: onlineRetail) }
        if let products, let interactions {
            return try ShopEvents.files(products: products, interactions: interactions)
        }
        return try await CommandEnvironment.load(.database).withServices { services in
            try await ShopEvents.database(
                products: services.longProducts,
                users: services.longUsers,
                interactions: services.longInteractions
            )
        }
    }

    private func warn(_ reading: EventReading?) {
        guard let reading else { return }
        var lines: [String] = []
        if reading.malformed > 0 {
            lines.append("\(NumberText.integer(reading.malformed)) malformed lines left out, among them:")
            lines += reading.firstMalformed.map { "  \($0)" }
        }
        if reading.unknownProduct > 0 {
            lines.append(
                "\(NumberText.integer(reading.unknownProduct)) events left out: their product is not in the products file"
            )
        }
        lines += reading.notes
        guard !lines.isEmpty else { return }
        FileHandle.standardError.write(Data((lines.joined(separator: "\n") + "\n").utf8))
    }
}
