import ArgumentParser
import Composition
import Foundation
import RecPipeline
import Reports
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
            FunctionHandler import --format online-retail FILE[.gz] [options]
            FunctionHandler import --products P.csv [--users U.csv]
                --interactions I.csv [options]
            """,
        discussion: Self.help
    )

    /// No line over 76 characters: longer ones would be broken at the edge of a terminal, wherever that is.
    static let help = """
        FORMAT online-retail

        The columns of the UCI "Online Retail" data: InvoiceNo, StockCode,
        Description, Quantity, InvoiceDate, UnitPrice, CustomerID, Country. Each
        line that stays is a purchase with its invoice as order id; prices are
        pounds (GBP). Left out and counted, with examples: cancellations (invoice
        C and digits), lines without a customer, quantities and prices not above
        zero, the data's own codes for what is no article (POST, DOT, C2, C3, M,
        D, S, B, ADJUST, ADJUST2, BANK CHARGES, AMAZONFEE, CRUK, GIFT and the
        vouchers gift_0001_10 to gift_0001_90), exact duplicates. A product's
        name is its most frequent description, its price the median of its lines.

        TWO OR THREE FILES

        Products: product_id, name, description, category, price and, if you have
        them, stock, currency (a code such as EUR; GBP without), active (true or
        false) and metadata (a JSON object).

        Interactions: user_id, product_id, interaction_type, value, timestamp and,
        if you have them, order_id, session_id, event_id and request_id.
        interaction_type is view, add_to_cart, purchase, rating, feedback,
        impression or click. value is pieces of a purchase (1 when missing), stars
        of a rating (1 to 5), -1 to 1 of feedback. An event_id counts once;
        without one it is made of the line. Events may name products that the shop
        has from before. Users are made of the events that are kept.

        Users, if you want those without events too: user_id and, if you have
        them, segment and created_at. The three files of a data set
        (datasets/… in the store) are in these columns.

        VALUES

        Encoding: UTF-8, with or without a byte order mark; a field that is not
        valid UTF-8 is read as Windows-1252. Texts are stored in Unicode
        normalization form C. Files may be compressed with gzip. Lines end with LF
        or CRLF, fields are separated by commas. Empty fields behind the last
        column do not count.

        No value: an empty field, and nan, NaT, None, NULL, NA, N/A, <NA> or -
        when it is not in quotes. A product without a price gets its price from
        the shop, or zero when it is new; one without a name is called by its id.

        Times: 2010-12-01T08:26:00Z or with an offset such as +01:00 or +01;
        2010-12-01 08:26:00, 2010-12-01 08:26 and 2010-12-01, also with slashes;
        12/1/2010 8:26 and 01-12-2010 08:26; unix time in seconds (from 100000000
        on) or milliseconds. Without a zone they are UTC. Times before 1970 or
        more than ten minutes ahead are malformed.

        Day or month first: one date that can only be read one way (13/1/2010)
        decides for its file. A file with dates of both kinds is refused. When no
        date decides, the month is first with slashes and the day with hyphens,
        and the import says so.

        Prices are major units (12.99). Names have at most 500 characters (Unicode
        code points) on one line, categories 200, order, session and request ids
        128, descriptions 20000.

        A new product without a category is in "Uncategorised", and has as many
        pieces in stock as --stock says.

        AGAIN

        All or nothing: the whole import is one transaction, and the same file
        twice adds nothing. A product that the shop has gets the name, price and
        whatever else the file says; what it does not say (no column, no value)
        stays. With online-retail, name and price come from the lines of the file
        at hand, so a later file with part of the orders may change them.

        A malformed line is reported with its file and line number and left out;
        with --strict the first one ends the import with nothing written. A quote
        that was never meant to open a field costs its own line: the lines that it
        would have swallowed are read. An import that would keep less than half of
        a file's lines ends with status 1 and nothing written, unless
        --accept-partial is given; repeated lines do not count.
        """

    @Option(help: "What the single FILE holds: online-retail.")
    var format: Format?

    @Option(help: ArgumentHelp("Products, in the shop's own columns.", valueName: "P.csv"))
    var products: String?

    @Option(help: ArgumentHelp("Events, in the shop's own columns.", valueName: "I.csv"))
    var interactions: String?

    @Option(help: ArgumentHelp("Users, as a data set has them; with --products.", valueName: "U.csv"))
    var users: String?

    @Flag(help: "End at the first malformed line, with nothing written.")
    var strict = false

    @Flag(help: "Import a file of which less than half can be kept, too.")
    var acceptPartial = false

    @Option(
        parsing: .unconditional,
        help: "Pieces in stock of each new product whose file does not say."
    )
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
        guard users == nil || products != nil else {
            throw ValidationError("--users needs --products and --interactions")
        }
        guard stock >= 0 else { throw ValidationError("--stock must be 0 or more") }
    }

    /// Malformed lines shown one by one; the summary counts them all.
    private static let shownLines = 20

    func run() async throws {
        let environment = try CommandEnvironment.load(.database)
        let progress = TerminalProgress("import")
        var shown = 0
        let listener = ImportLoader.Listener(
            progress: { Self.show($0, on: progress) },
            malformed: { file, line in
                shown += 1
                if shown <= Self.shownLines { progress.note("malformed \(file): \(line)") }
                if shown == Self.shownLines + 1 { progress.note("more malformed lines are only counted") }
            }
        )
        let result = try await environment.withServices { services in
            var options = ImportLoader.Options()
            (options.stock, options.isStrict, options.acceptsAnyShare) = (stock, strict, acceptPartial)
            let loader = ImportLoader(bulk: services.bulk, products: services.longProducts, options: options)
            do {
                if let file {
                    return try await loader.importOnlineRetail(try FileSource.openText(path: file), listener: listener)
                }
                return try await loader.importShop(
                    products: try FileSource.openText(path: products ?? ""),
                    users: try users.map { try FileSource.openText(path: $0) },
                    interactions: try FileSource.openText(path: interactions ?? ""),
                    listener: listener
                )
            } catch let refusal as TooLittleKept {
                print(refusal.result.report(isWritten: false))
                throw refusal
            }
        }
        progress.finish("\(NumberText.integer(result.interactions.rowsRead)) lines")
        print(result.report(isWritten: true))
    }

    private static func show(_ step: ImportProgress, on progress: TerminalProgress) {
        switch step {
        case .reading(let file, let fraction, let rows):
            let name = file.split(separator: "/").last ?? "file"
            progress.update(fraction, "\(name), \(NumberText.integer(rows)) lines")
        case .loading(let phase):
            progress.show(phase)
        case .summaries:
            progress.begin("counting what products sold")
        }
    }
}
