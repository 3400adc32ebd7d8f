import Postgres
import ShopTestSupport
import Testing

@testable import Shop

@Suite("Migration of texts to normal form C", .serialized)
struct NormaliseTextTests {
    @Test("texts that were stored in another form become the normal one, and those that are in it are not written")
    func normalise() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed(users: 3)
            let version = try await shop.products.catalogueVersion()
            _ = try await shop.client.withConnection { try await $0.executeScript(Migration.normaliseText.sql) }
            #expect(try await shop.products.catalogueVersion() == version)

            // U+0958 becomes two characters: 300 of them do not fit into a name of 500, which stays.
            _ = try await shop.client.execute(
                """
                UPDATE products SET category = 'Cafe' || chr(769), description = 'e' || chr(769)
                WHERE product_id IN ('P-01', 'P-02')
                """
            )
            _ = try await shop.client.execute(
                "UPDATE products SET name = repeat(chr(2392), 300) WHERE product_id = 'P-02'"
            )
            _ = try await shop.client.execute(
                """
                UPDATE users SET display_name = 'Rene' || chr(769),
                    preferences = jsonb_build_object('e' || chr(769), 'o' || chr(776)) WHERE user_id = 'U-1'
                """
            )
            _ = try await shop.client.withConnection { try await $0.executeScript(Migration.normaliseText.sql) }
            let changed = try #require(try await shop.products.find("P-01"))
            #expect(Array(changed.category.unicodeScalars) == Array("Caf\u{E9}".unicodeScalars))
            #expect(Array(changed.description.unicodeScalars) == ["\u{E9}"])
            let long = try #require(try await shop.products.find("P-02"))
            #expect(long.name.unicodeScalars.count == 300)
            let user = try #require(try await UserRepository(database: shop.client).find("U-1"))
            #expect(user.displayName.map { Array($0.unicodeScalars) } == Array("Ren\u{E9}".unicodeScalars))
            #expect(Array(user.preferencesJSON.unicodeScalars) == Array("{\"\u{E9}\": \"\u{F6}\"}".unicodeScalars))
        }
    }
}
