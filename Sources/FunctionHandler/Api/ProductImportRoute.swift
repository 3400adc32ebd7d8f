import HTTPTypes
import RecPipeline
import Shop
import TextFormats

/// `POST /products/import`: many products at once, with a result for each.
struct ProductImportRoute: Sendable {
    let products: ProductRepository
    let bulk: BulkLoadRepository
    let catalogue: CatalogueCache
    let idempotency: Idempotency

    var routes: [Route] {
        [
            Route(
                .post,
                "/products/import",
                .admin,
                "importProducts",
                "Adds and changes many products, all or none; members that a row does not have stay as they are",
                .flag("dry_run", "Checks and counts, and stores nothing.", default: false),
                .flag("partial", "Stores the rows that are right when others are not.", default: false),
                Self.rows,
                returning: .json(ImportAnswer.body, "What became of each row."),
                problems: [.unprocessableContent: "Rows are wrong; nothing was stored."],
                handler: load
            ).idempotent(idempotency, .storedAnswer)
        ]
    }

    /// The rows of a body.
    private struct Rows: Sendable {
        var entries: [CatalogueEntry] = []
        var failed: [ImportAnswer.Row] = []
    }

    private static let rows = RouteInput<Rows>(
        [],
        body: BodyDeclaration(
            mediaTypes: ["application/x-ndjson", "text/csv"],
            schema: Schema.string.saying(
                "A product a line as JSON, or CSV with a header, in the columns of a products file."
            ),
            example: """
                {"product_id":"P-example-1","name":"Tea towel","category":"Kitchen","price":4.5,"stock":10}
                {"product_id":"P-example-2","name":"Bread bin","category":"Kitchen","price":24}
                """
        )
    ) { (arguments) throws(Problem) in
        let request = arguments.request.request
        let bytes = try arguments.request.bodies.bytes(of: request)
        let type = request.headers[.contentType] ?? ""
        switch type.prefix(while: { $0 != ";" && $0 != " " }).lowercased() {
        case "application/x-ndjson", "application/jsonl", "application/x-jsonlines": return jsonLines(bytes)
        case "text/csv": return try csv(bytes)
        default:
            throw Problem(.unsupportedMediaType, "unsupported-media-type", "Unsupported media type").saying(
                "send application/x-ndjson (a product a line as JSON) or text/csv",
                headers: [.accept: "application/x-ndjson, text/csv"]
            )
        }
    }

    private static func csv(_ bytes: [UInt8]) throws(Problem) -> Rows {
        do {
            let (entries, malformed) = try ProductUpload.csv(bytes)
            let failed = malformed.map { line in
                ImportAnswer.Row(
                    line: line.line,
                    productID: nil,
                    status: .failed,
                    errors: [(line.field.map { "\($0) " } ?? "") + line.reason]
                )
            }
            return Rows(entries: entries, failed: failed)
        } catch {
            throw .badRequest("\(error)")
        }
    }

    private static func jsonLines(_ bytes: [UInt8]) -> Rows {
        var rows = Rows()
        var seen: Set<String> = []
        for (index, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            guard line.contains(where: { $0 > 0x20 }) else { continue }
            func fail(_ id: String?, _ errors: [String]) {
                rows.failed.append(ImportAnswer.Row(line: index + 1, productID: id, status: .failed, errors: errors))
            }
            let value: JSONValue
            do { value = try JSONParser.parse(Array(line)) } catch {
                fail(nil, ["\(error.reason) at column \(error.column)"])
                continue
            }
            let id = value["product_id"]?.string
            let (entry, faults) = ProductFields.imported(value, at: "#")
            guard let entry else {
                fail(id, faults.map(\.detail))
                continue
            }
            guard seen.insert(entry.productID).inserted else {
                fail(id, ["product_id is on an earlier line too"])
                continue
            }
            rows.entries.append(entry)
        }
        return rows
    }

    /// Undoes a load after its counts are known.
    private struct Undone: Error {
        let summary: BulkLoadSummary
    }

    private func load(
        _: RoutedRequest,
        _ isDryRun: Bool,
        _ isPartial: Bool,
        _ rows: Rows
    ) async throws -> ImportAnswer {
        guard !rows.entries.isEmpty || !rows.failed.isEmpty else {
            throw Problem.badRequest("the body has no products")
        }
        let known = try await products.existing(rows.entries.map(\.productID))
        var answer = ImportAnswer(isDryRun: isDryRun)
        answer.results =
            rows.failed
            + rows.entries.map { entry in
                let isKnown = known.contains(entry.productID)
                return ImportAnswer.Row(
                    line: nil,
                    productID: entry.productID,
                    status: isKnown ? .updated : .created,
                    errors: []
                )
            }
        guard rows.failed.isEmpty || isPartial || isDryRun else { throw answer.refusal }
        guard !rows.entries.isEmpty else { return answer }
        var entries: [CatalogueEntry]? = rows.entries
        do {
            answer.summary = try await bulk.load(
                accept: { if isDryRun { throw Undone(summary: $0) } },
                { session in
                    try await session.stageProducts {
                        defer { entries = nil }
                        return entries
                    }
                }
            )
        } catch let undone as Undone {
            answer.summary = undone.summary
        }
        if !isDryRun { await catalogue.refresh() }
        return answer
    }
}

/// What became of an import.
private struct ImportAnswer: Sendable {
    struct Row: Sendable {
        enum Status: String, CaseIterable { case created, updated, failed }

        /// Of the body, from 1; nil for a row that is right.
        let line: Int?
        let productID: String?
        let status: Status
        let errors: [String]
    }

    let isDryRun: Bool
    var summary = BulkLoadSummary()
    var results: [Row] = []

    init(isDryRun: Bool) {
        self.isDryRun = isDryRun
    }

    private var failed: Int { results.count { $0.status == .failed } }

    static let body = ObjectBody<ImportAnswer>("ProductImport") {
        Member("dry_run", .boolean, "Whether nothing was stored.") { $0.isDryRun }
        Member("created", .count) { $0.summary.productsAdded }
        Member("updated", .count) { $0.summary.productsUpdated }
        Member("unchanged", .count) {
            $0.results.count - $0.failed - $0.summary.productsAdded - $0.summary.productsUpdated
        }
        Member("failed", .count) { $0.failed }
        Member("results", listOf: row) { $0.results }
    }

    private static let row = ObjectBody<Row> {
        Member("line", .count, "Of the body; null for a row that is right.") { $0.line }
        Member("product_id") { $0.productID }
        Member("status", .choice(Row.Status.self)) { $0.status.rawValue }
        Member("errors") { $0.errors }
    }

    /// The answer when rows are wrong and all or none was asked for.
    var refusal: Problem {
        let faults = results.filter { $0.status == .failed }.map { row in
            Problem.Fault(.body, "#/\(row.line ?? 0)", "line \(row.line ?? 0): \(row.errors.joined(separator: "; "))")
        }
        return .unprocessable(
            "nothing was stored: \(faults.count) rows are wrong; ?partial=true stores the others",
            faults: faults
        )
    }
}
