import HTTPTypes
import RecPipeline
import Shop
import TextFormats

/// Generations of lists for administrators, and the way back to one of them.
struct GenerationRoutes: Sendable {
    let generations: GenerationRepository
    let activation: ActivationRoute
    let catalogue: CatalogueCache

    var routes: [Route] {
        [
            Route(
                .get,
                "/generations",
                .admin,
                "listGenerations",
                "Generations of lists, newest first",
                PageRequest.input,
                .choice("status", "Only generations of this status."),
                returning: .json(.list(of: ModelBody.generation), "A page of generations."),
                handler: list
            ),
            Route(
                .get,
                "/generations/{generation}/compare/{other}",
                .admin,
                "compareGenerations",
                "What another generation has changed in the lists of one: of customers who have a list in both",
                .path("generation", "The one before.", schema: .integer(1...Int.max), example: "1"),
                .path("other", "The one after.", schema: .integer(1...Int.max), example: "1"),
                returning: .json(Self.comparison, "What differs."),
                problems: [.conflict: "The lists of one of them are not stored."],
                handler: compare
            ),
            Route(
                .post,
                "/generations/{generation}/activate",
                .admin,
                "activateGeneration",
                "Serves the lists of a generation",
                .path("generation", "A generation's number.", schema: .integer(1...Int.max), example: "1"),
                returning: ActivationRoute.output,
                problems: ActivationRoute.problems,
                handler: activate
            ),
        ]
    }

    private func list(
        _: RoutedRequest,
        _ page: PageRequest,
        _ status: GenerationRecord.Status?
    ) async throws -> ListAnswer<GenerationRecord> {
        let (items, total) = try await generations.list(page: page.page, pageSize: page.pageSize, status: status)
        return ListAnswer(items, total: total, page: page.page, pageSize: page.pageSize)
    }

    // MARK: Comparison

    private struct Comparison: Sendable {
        let found: GenerationComparison
        let catalogue: CatalogueSnapshot
    }

    private func compare(_: RoutedRequest, _ before: String, _ after: String) async throws -> Comparison {
        let (one, other) = (try await find(before), try await find(after))
        for record in [one, other] where !record.status.hasLists {
            throw Self.notStored(record.generation)
        }
        guard let found = try await generations.compare(one, other) else { throw Self.notStored(one.generation) }
        return Comparison(found: found, catalogue: try await catalogue.current())
    }

    private func find(_ text: String) async throws -> GenerationRecord {
        guard let number = Int64(text), number > 0, let record = try await generations.find(number) else {
            throw Problem.notFound("generation", text)
        }
        return record
    }

    private static func notStored(_ generation: Int64) -> Problem {
        .conflict("the lists of generation \(generation) are not stored", kind: "lists-not-stored")
    }

    /// A product that is listed more or less often; without a name when it has left the catalogue.
    private struct Mover: Sendable {
        let product: Product?
        let mover: GenerationComparison.Mover

        init(_ mover: GenerationComparison.Mover, _ catalogue: CatalogueSnapshot) {
            self.mover = mover
            product = catalogue.position(ofKey: mover.productKey).map { catalogue.products[$0] }
        }
    }

    private static let mover = ObjectBody<Mover>("GenerationMover") {
        Member("product_id", .externalID, "Null when it has left the catalogue.") { $0.product?.productID }
        Member("name") { $0.product?.name }
        Member("before", .count, "Lists that had it.") { Int64($0.mover.before) }
        Member("after", .count) { Int64($0.mover.after) }
    }

    private static let comparison = ObjectBody<Comparison>("GenerationComparison") {
        Member("before", ModelBody.generation) { $0.found.before }
        Member("after", ModelBody.generation) { $0.found.after }
        Member("customers", .count, "With a list in both that were looked at.") { Int64($0.found.customers) }
        Member("sampling_step", .count, "One customer in so many was looked at.") { Int64($0.found.samplingStep) }
        Member("changed", .count, "Customers whose list differs, if only in its order.") { Int64($0.found.changed) }
        Member("changed_products", .count, "Customers whose list has other products.") {
            Int64($0.found.changedProducts)
        }
        Member("mean_overlap", Schema(.number(0...1)), "Share of a list's products that both have.") {
            $0.found.meanOverlap
        }
        Member("products_before", .count, "Different products in the lists.") { Int64($0.found.productsBefore) }
        Member("products_after", .count) { Int64($0.found.productsAfter) }
        Member("sellable", .count, "Products that can be sold now.") { Int64($0.catalogue.sellableByPurchases.count) }
        Member("risers", listOf: mover) { comparison in
            comparison.found.risers.map { Mover($0, comparison.catalogue) }
        }
        Member("fallers", listOf: mover) { comparison in
            comparison.found.fallers.map { Mover($0, comparison.catalogue) }
        }
    }

    // MARK: Activation

    private func activate(_: RoutedRequest, _ text: String) async throws -> Activation {
        guard let generation = Int64(text), generation > 0 else { throw Problem.notFound("generation", text) }
        return try await activation.activate(.generation(generation))
    }
}
