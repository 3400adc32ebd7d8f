import Shop
import TextFormats

/// Products as administrators send them.
enum ProductFields {
    /// Every member but the id, which a product may have.
    private static func properties(isComplete: Bool) -> [Schema.Property] {
        func optional(_ schema: Schema) -> Schema { isComplete ? schema : schema.nullable }
        return [
            .init(name: "name", schema: .text(.productName), isRequired: isComplete),
            .init(name: "description", schema: Schema.text(.description).nullable, isRequired: false),
            .init(name: "category", schema: .text(.category), isRequired: isComplete),
            .init(name: "price", schema: price, isRequired: isComplete),
            .init(name: "currency", schema: Schema.currency.nullable, isRequired: false),
            .init(name: "stock", schema: Schema.integer(0...Int(Int32.max)).nullable, isRequired: false),
            .init(
                name: "active",
                schema: Schema.boolean.saying("Whether the shop offers it.").nullable,
                isRequired: false
            ),
            .init(
                name: "metadata",
                schema: Schema.object.saying("brand, tags, specs, image_url.").nullable,
                isRequired: false
            ),
        ]
    }

    private static let price = Schema(
        .number(0...1_000_000_000_000),
        about: "In major units with at most two decimals, such as 12.99."
    )

    private static let id = Schema.Property(name: "product_id", schema: .externalID)

    private static let example = """
        {"product_id":"P-example","name":"Enamel mug, red rim","category":"Kitchen","price":6.5,"stock":40,\
        "metadata":{"brand":"Castellan"}}
        """

    /// A product to be added.
    static let new = RouteInput<CatalogueEntry>.object(
        .object([id] + properties(isComplete: true)).named("NewProduct"),
        example: example
    ) { entry(&$0, isComplete: true) }

    /// Everything that an existing product shall say; members that are missing get their defaults.
    static let replacement = RouteInput<CatalogueEntry>.object(
        .object(properties(isComplete: true)).named("ProductReplacement"),
        example: #"{"name":"Enamel mug, blue rim","category":"Kitchen","price":6.5,"stock":40}"#
    ) { reader in
        var entry = fields(&reader, of: "", isComplete: true)
        entry.description = entry.description ?? ""
        entry.currency = entry.currency ?? "GBP"
        entry.stock = entry.stock ?? 0
        entry.active = entry.active ?? true
        entry.metadataJSON = entry.metadataJSON ?? "{}"
        return entry
    }

    /// Some members: JSON Merge Patch (RFC 7396). Null takes a member back to its default; inside `metadata` it removes one.
    static let patch = RouteInput<ProductPatch>(
        [],
        body: BodyDeclaration(
            mediaTypes: ["application/merge-patch+json", "application/json"],
            schema: .object(properties(isComplete: false)).named("ProductPatch"),
            example: #"{"price":5.99,"metadata":{"brand":null}}"#
        )
    ) { (arguments) throws(Problem) in
        guard let body = try arguments.request.bodies.json(of: arguments.request.request) else {
            throw .badRequest("a body is required, such as {\"price\":5.99}")
        }
        return try ProductPatch(body)
    }

    /// One product of an import, of which only the id is required.
    static func imported(_ body: JSONValue, at pointer: String) -> (entry: CatalogueEntry?, faults: [Problem.Fault]) {
        var reader = ObjectReader(body, at: pointer)
        let entry = entry(&reader, isComplete: false)
        return (reader.faults.isEmpty ? entry : nil, reader.faults)
    }

    private static func entry(_ reader: inout ObjectReader, isComplete: Bool) -> CatalogueEntry? {
        let id = reader.identifier("product_id", isRequired: true)
        let entry = fields(&reader, of: id ?? "", isComplete: isComplete)
        return id == nil ? nil : entry
    }

    fileprivate static func fields(
        _ reader: inout ObjectReader,
        of id: String,
        isComplete: Bool
    ) -> CatalogueEntry {
        CatalogueEntry(
            productID: id,
            name: reader.text("name", .productName, isRequired: isComplete),
            description: reader.text("description", .description),
            category: reader.text("category", .category, isRequired: isComplete),
            priceMinor: reader.amount("price", isRequired: isComplete),
            currency: reader.currency("currency"),
            stock: reader.count("stock"),
            active: reader.flag("active"),
            metadataJSON: reader.objectText("metadata")
        )
    }
}

/// A change of some members of a product.
struct ProductPatch: Sendable {
    private let entry: CatalogueEntry
    /// Members that were given as null.
    private let cleared: Set<String>
    private let metadata: JSONValue?

    /// - Throws: `Problem` with every fault.
    init(_ body: JSONValue) throws(Problem) {
        var reader = ObjectReader(body, at: "#")
        entry = ProductFields.fields(&reader, of: "", isComplete: false)
        let members = body.object ?? [:]
        cleared = Set(members.filter { $0.value == .null }.keys)
        for name in ["name", "category", "price"] where cleared.contains(name) {
            reader.refuse(name, "cannot be removed")
        }
        metadata = members["metadata"]
        guard reader.faults.isEmpty else { throw .invalidBody(reader.faults) }
    }

    /// What the product shall say.
    func applied(to product: Product) -> CatalogueEntry {
        var entry = entry
        entry.productID = product.productID
        if cleared.contains("description") { entry.description = "" }
        if cleared.contains("currency") { entry.currency = "GBP" }
        if cleared.contains("stock") { entry.stock = 0 }
        if cleared.contains("active") { entry.active = true }
        if cleared.contains("metadata") {
            entry.metadataJSON = "{}"
        } else if metadata != nil, let given = entry.metadataJSON.flatMap({ try? JSONParser.parse($0) }) {
            let stored = (try? JSONParser.parse(product.metadataJSON)) ?? .object([:])
            entry.metadataJSON = Self.merged(stored, given).text
        }
        return entry
    }

    private static func merged(_ stored: JSONValue, _ patch: JSONValue) -> JSONValue {
        guard case .object(let changes) = patch else { return patch }
        var members = stored.object ?? [:]
        for (name, change) in changes {
            // Not `= nil`, which is JSON's null here.
            if change == .null {
                members.removeValue(forKey: name)
            } else {
                members[name] = merged(members[name] ?? .null, change)
            }
        }
        return .object(members)
    }
}
