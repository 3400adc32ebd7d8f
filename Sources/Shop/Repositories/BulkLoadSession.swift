import FoundationEssentials
import Postgres

/// Staging of one load. Batches are pulled, so a load of any size holds one batch in memory.
package struct BulkLoadSession {
    let connection: PostgresConnection
    let progress: (BulkLoadPhase) -> Void

    func createStagingTables() async throws {
        _ = try await connection.execute(
            """
            CREATE TEMPORARY TABLE staged_products (
                product_id text COLLATE "C", name text, description text, category text, price_minor bigint, currency text,
                stock integer, metadata jsonb) ON COMMIT DROP
            """
        )
        _ = try await connection.execute(
            """
            CREATE TEMPORARY TABLE staged_users (
                user_id text, email text, display_name text, preferences jsonb) ON COMMIT DROP
            """
        )
        _ = try await connection.execute(
            """
            CREATE TEMPORARY TABLE staged_interactions (
                event_id text, user_id text COLLATE "C", product_id text COLLATE "C", interaction_type interaction_type,
                value real, timestamp timestamptz, session_id text, order_id text) ON COMMIT DROP
            """
        )
    }

    /// Stages products until `next` returns `nil`.
    package func stageProducts(_ next: () throws -> [CatalogueEntry]?) async throws {
        _ = try await connection.copyIn("COPY staged_products FROM STDIN (FORMAT binary)", columns: 8) { writer in
            while let batch = try next() {
                try await writer.writeRows(batch) { product, out in
                    out.append(product.productID)
                    out.append(optional: product.name)
                    out.append(optional: product.description)
                    out.append(optional: product.category)
                    out.append(product.priceMinor)
                    out.append(optional: product.currency)
                    if let stock = product.stock { out.append(stock) } else { out.appendNull() }
                    if let json = product.metadataJSON { out.append(jsonb: Array(json.utf8)) } else { out.appendNull() }
                }
            }
        }
    }

    /// Stages users until `next` returns `nil`. Users that only events name need not be staged.
    package func stageUsers(_ next: () throws -> [User]?) async throws {
        _ = try await connection.copyIn("COPY staged_users FROM STDIN (FORMAT binary)", columns: 4) { writer in
            while let batch = try next() {
                try await writer.writeRows(batch) { user, out in
                    out.append(user.userID)
                    out.append(optional: user.email)
                    out.append(optional: user.displayName)
                    out.append(jsonb: Array(user.preferencesJSON.utf8))
                }
            }
        }
    }

    /// Stages events until `next` returns `nil`.
    package func stageInteractions(_ next: () throws -> [NewInteraction]?) async throws {
        _ = try await connection.copyIn("COPY staged_interactions FROM STDIN (FORMAT binary)", columns: 8) { writer in
            while let batch = try next() {
                try await writer.writeRows(batch) { event, out in
                    out.append(event.eventID)
                    out.append(event.userID)
                    out.append(event.productID)
                    out.append(event.type.rawValue)
                    if let value = event.value { out.append(value) } else { out.appendNull() }
                    out.append(event.timestamp)
                    out.append(optional: event.sessionID)
                    out.append(optional: event.orderID)
                }
            }
        }
    }
}

extension CopyRowWriter {
    fileprivate mutating func append(optional value: String?) {
        if let value { append(value) } else { appendNull() }
    }
}
