import Shop
import TextFormats

/// Products and their facets in answers; prices in major units.
enum ProductBody {
    static func write(_ product: Product, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("product_id", product.productID)
            writer.member("name", product.name)
            writer.member("description", product.description)
            writer.member("category", product.category)
            writer.key("price")
            writer.majorUnits(product.priceMinor)
            writer.member("currency", product.currency)
            writer.member("stock", Int64(product.stock))
            writer.member("in_stock", product.isSellable)
            writer.key("metadata")
            // A jsonb column's own text.
            writer.raw(product.metadataJSON.utf8)
            writer.member("rating_average", product.ratingAverage.map { ($0 * 100).rounded() / 100 })
            writer.member("rating_count", product.ratingCount)
            writer.member("purchase_count", product.purchaseCount)
            writer.member("created_at", Timestamp.text(product.createdAt))
            writer.member("updated_at", Timestamp.text(product.updatedAt))
        }
    }

    static func write(_ facets: ProductFacets, to writer: inout JSONWriter) {
        writer.key("categories")
        writer.array { writer in
            for category in facets.categories {
                writer.object { writer in
                    writer.member("name", category.name)
                    writer.member("count", category.count)
                }
            }
        }
        writer.key("in_stock")
        writer.object { writer in
            writer.member("true", facets.inStock)
            writer.member("false", facets.outOfStock)
        }
        writer.key("price")
        writer.object { writer in
            writer.key("min")
            if let minimum = facets.minimumPriceMinor { writer.majorUnits(minimum) } else { writer.null() }
            writer.key("max")
            if let maximum = facets.maximumPriceMinor { writer.majorUnits(maximum) } else { writer.null() }
        }
    }
}
