import ArgumentParser
import Foundation
import RecEngine
import RecPipeline

/// The data of the comparisons of models, for both sides.
struct MatrixCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "matrix",
        abstract: "Write a shop's events as users × items matrices for scipy, cleaned as the importer does.",
        discussion: """
            train.npz, test.npz and all.npz hold the numbers of events of each user and item, cut at four fifths of the time \
            order; texts.json holds a text for each item.
            """
    )

    @Option(help: ArgumentHelp("Order lines in the online-retail format.", valueName: "FILE[.gz]"))
    var onlineRetail: String

    @Option(help: ArgumentHelp("Where the files go.", valueName: "DIR"))
    var out: String

    func run() async throws {
        let events = try ShopEvents.onlineRetail(path: onlineRetail)
        guard let split = DataSplit.temporal(events.log) else {
            throw ValidationError("\(onlineRetail) has no events")
        }
        let folder = URL(fileURLWithPath: out, isDirectory: true)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (name, log) in [("train", split.train), ("test", split.test), ("all", events.log)] {
            let archive = ProfileTable(log).matrix().archive()
            try Data(archive.serialized()).write(to: folder.appending(path: "\(name).npz"))
        }
        let texts = events.products.map { $0.description.isEmpty ? $0.name : "\($0.name) \($0.description)" }
        try JSONEncoder().encode(texts).write(to: folder.appending(path: "texts.json"))
    }
}
