import ArgumentParser
import Foundation
import RecPipeline
import Shop

/// Loads a shop's own data.
struct ImportCommand: AsyncParsableCommand {
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case onlineRetail = "online-retail"
    }

    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Load a shop's products and events from CSV files.",
        usage: """
            FunctionHandler import --format online-retail FILE[.gz] [--strict] [--stock N]
            FunctionHandler import --products P.csv --interactions I.csv [--strict] [--stock N]
            """,
        discussion: """
            Formats
              online-retail   the columns of the UCI "Online Retail" data: InvoiceNo, StockCode, Description, Quantity,
                              InvoiceDate, UnitPrice, CustomerID, Country. Each line that stays is a purchase with its
                              invoice as order id. Left out and counted: cancellations, lines without a customer,
                              quantities and prices not above zero, codes that are no article (postage, bank charges,
                              manual entries, samples, vouchers), exact duplicates. A product's name is its most
                              frequent description, its price the median of its lines.
              two files       product_id,name,description,category,price and
                              user_id,product_id,interaction_type,value,timestamp[,order_id]. Users are made of the
                              events that name them.

            Encoding: UTF-8, with or without a byte order mark; a field that is not valid UTF-8 is read as Windows-1252.
            Files may be compressed with gzip. Times without a zone are UTC. A product without a category is in
            "Uncategorised". Prices are major units (12.99). The data does not say what is in stock: --stock does.

            All or nothing: the whole import is one transaction, and the same file twice adds nothing. A malformed line is
            reported with its line number and left out; with --strict the first one ends the import with nothing written.
            """
    )

    @Option(help: "What the single FILE holds: online-retail.")
    var format: Format?

    @Option(help: ArgumentHelp("Products, in the shop's own columns.", valueName: "P.csv"))
    var products: String?

    @Option(help: ArgumentHelp("Events, in the shop's own columns.", valueName: "I.csv"))
    var interactions: String?

    @Flag(help: "End at the first malformed line, with nothing written.")
    var strict = false

    @Option(help: "Pieces in stock of each product whose file does not say.")
    var stock: Int32 = 100

    @Argument(help: "File to read with --format.")
    var file: String?

    func validate() throws {
        switch (format, file, products, interactions) {
        case (.some, .some, nil, nil), (nil, nil, .some, .some): break
        case (.some, nil, _, _): throw ValidationError("--format needs a FILE to read")
        case (nil, .some, _, _): throw ValidationError("say what FILE holds: --format online-retail")
        default: throw ValidationError("give --format online-retail FILE, or both --products and --interactions")
        }
        guard stock >= 0 else { throw ValidationError("--stock must be 0 or more") }
    }

    /// Malformed lines shown one by one; the summary counts them all.
    private static let shownLines = 20

    func run() async throws {
        let environment = try CommandEnvironment.load()
        let progress = TerminalProgress("import")
        var shown = 0
        let listener = ImportLoader.Listener(
            progress: { summary in progress.update(nil, "\(grouped(summary.rowsRead)) lines read") },
            malformed: { line in
                shown += 1
                if shown <= Self.shownLines { progress.note("malformed \(line)") }
                if shown == Self.shownLines + 1 { progress.note("more malformed lines are only counted") }
            }
        )
        let result = try await environment.withServices { services in
            let loader = ImportLoader(
                bulk: services.bulk,
                products: services.products,
                interactions: services.interactions
            )
            if let file {
                return try await loader.importOnlineRetail(
                    try FileSource.openText(path: file),
                    stock: stock,
                    strict: strict,
                    listener: listener
                )
            }
            return try await loader.importShop(
                products: try FileSource.openText(path: products ?? ""),
                interactions: try FileSource.openText(path: interactions ?? ""),
                stock: stock,
                strict: strict,
                listener: listener
            )
        }
        progress.finish("\(grouped(result.interactions.rowsRead)) lines")
        print(ImportReport(result).text)
    }
}

/// The summary that an import ends with.
struct ImportReport {
    private let result: ImportResult

    init(_ result: ImportResult) {
        self.result = result
    }

    var text: String {
        var lines: [String] = []
        if let products = result.products { lines += section("products file", products) }
        lines += section(result.products == nil ? "file" : "interactions file", result.interactions)
        let load = result.load
        lines.append("database")
        lines.append(row("events added", load.interactionsAdded))
        lines.append(row("events that were there before", load.duplicates))
        lines.append(row("products added", load.productsAdded))
        lines.append(row("products changed", load.productsUpdated))
        lines.append(row("users added", load.usersAdded))
        return lines.joined(separator: "\n")
    }

    private func section(_ title: String, _ summary: ImportSummary) -> [String] {
        var lines = [title, row("rows read", summary.rowsRead), row("kept", summary.kept)]
        for reason in LeftOutReason.allCases {
            if let count = summary.leftOut[reason] { lines.append(row("left out: \(reason.label)", count)) }
        }
        lines.append(row("malformed", summary.malformed))
        return lines
    }

    private func row(_ label: String, _ count: Int) -> String {
        let number = grouped(count)
        return "  " + label + String(repeating: " ", count: max(1, 70 - label.count - number.count)) + number
    }
}
