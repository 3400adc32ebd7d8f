import HTTPTypes
import RecPipeline
import Shop
import TextFormats

/// The catalogue for administrators: adding, changing and removing products one by one.
struct ProductAdminRoutes: Sendable {
    let products: ProductRepository
    let catalogue: CatalogueCache

    private static let productID = RouteInput<String>.path("product_id", "A product's id.", example: "P-example")
    private static let problems: [HTTPResponse.Status: String] = [
        .preconditionFailed: "The product is another than If-Match names.",
        .preconditionRequired: "If-Match is missing.",
    ]

    var routes: [Route] {
        [
            Route(
                .post,
                "/products",
                .admin,
                "createProduct",
                "Adds a product",
                ProductFields.new,
                returning: Self.output(.created, "The product."),
                problems: [.conflict: "There is a product of this id."],
                handler: create
            ),
            Route(
                .put,
                "/products/{product_id}",
                .admin,
                "replaceProduct",
                "Replaces what a product says; needs If-Match",
                Self.productID,
                .ifMatch,
                ProductFields.replacement,
                returning: Self.output(.ok, "The product as it is now."),
                problems: Self.problems,
                handler: { _, id, condition, entry in try await update(id, condition) { _ in entry } }
            ),
            Route(
                .patch,
                "/products/{product_id}",
                .admin,
                "patchProduct",
                "Changes members of a product (JSON Merge Patch); needs If-Match",
                Self.productID,
                .ifMatch,
                ProductFields.patch,
                returning: Self.output(.ok, "The product as it is now."),
                problems: Self.problems,
                handler: { _, id, condition, patch in try await update(id, condition) { patch.applied(to: $0) } }
            ),
            Route(
                .delete,
                "/products/{product_id}",
                .admin,
                "deleteProduct",
                "Deletes a product that no event names; needs If-Match",
                Self.productID,
                .ifMatch,
                .choice("force", "`deactivate` takes a product that events name out of the shop instead."),
                returning: .json(Self.deletion, "What became of it."),
                problems: Self.problems.merging([.conflict: "Events name the product."]) { old, _ in old },
                handler: delete
            ),
        ]
    }

    private static func output(_ status: HTTPResponse.Status, _ about: String) -> RouteOutput<Product> {
        RouteOutput([.init(status, about, ProductBody.product.schema)]) { product, _ in
            let body = ProductBody.product.bytes(product)
            var headers = HTTPFields.noStore
            headers[.eTag] = ETag.of(body)
            if status == .created { headers[.location] = "/api/products/\(product.productID)" }
            return .json(body, status: status, headers: headers)
        }
    }

    private func create(_: RoutedRequest, _ entry: CatalogueEntry) async throws -> Product {
        guard let product = try await products.create(entry) else {
            let detail = "there is a product \(entry.productID.quotedForMessage) already"
            throw Problem.conflict(detail, kind: "product-exists")
        }
        await catalogue.refresh()
        return product
    }

    private func update(
        _ id: String,
        _ condition: IfMatch,
        _ change: (Product) -> CatalogueEntry
    ) async throws -> Product {
        let product = try await products.update(id) { current in
            try condition.check(ETag.of(ProductBody.product.bytes(current)))
            return change(current)
        }
        guard let product else { throw Problem.notFound("product", id) }
        await catalogue.refresh()
        return product
    }

    // MARK: Deletion

    private enum Force: String, CaseIterable { case deactivate }

    private static let deletion = ObjectBody<ProductDeletion>("ProductDeletion") {
        Member("deleted") { $0 == .deleted }
        Member("deactivated") { $0 == .deactivated }
    }

    private func delete(
        _: RoutedRequest,
        _ id: String,
        _ condition: IfMatch,
        _ force: Force?
    ) async throws -> ProductDeletion {
        let outcome = try await products.delete(id, deactivates: force == .deactivate) { current in
            try condition.check(ETag.of(ProductBody.product.bytes(current)))
        }
        switch outcome {
        case nil:
            throw Problem.notFound("product", id)
        case .referenced(let events):
            var problem = Problem.conflict(
                "\(events) events name the product; ?force=deactivate takes it out of the shop and keeps them",
                kind: "product-referenced"
            )
            problem.extensions = ["events": .integer(events)]
            throw problem
        case .deleted?, .deactivated?:
            await catalogue.refresh()
            return outcome ?? .deleted
        }
    }
}
