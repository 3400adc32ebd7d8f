import Foundation
import RecEngine
import RecPipeline
import Shop
import ShopTestSupport
import TestSupport
import Testing

@Suite("Stored files in Python", .serialized)
struct PythonFilesTests {
    private struct Seen: Decodable {
        struct Matrix: Decodable {
            var rows: Int
            var columns: Int
            var entries: Int
            var sum: Double
        }
        struct Array: Decodable {
            var shape: [Int]
            var type: String
        }
        var path: String
        var arrays: [String: Array]
        var matrix: Matrix?
    }

    private static let packages = ["numpy==2.4.6", "scipy==1.17.1"]

    @Test("numpy and scipy open everything that a batch stores, and find the same numbers")
    func opened() async throws {
        let python = try await PythonEnvironment("files", Self.packages)
        try await ShopFixture.with { shop in
            try await shop.seed()
            try await shop.generateLists()
            let events = try await shop.interactions.lastID()
            let output = try await python.run("npz_files.py", ["read", shop.blobDirectory + "/recommendations"])
            var seen: [String: Seen] = [:]
            for line in output.split(separator: "\n") {
                let file = try JSONDecoder().decode(Seen.self, from: Data(line.utf8))
                seen[String(file.path.split(separator: "/").last ?? "")] = file
            }
            #expect(seen.count == 17)
            let interactions = try #require(seen["interactions.npz"]?.matrix)
            #expect(interactions.rows == 60 && interactions.columns == 30)
            // Each event is a purchase, and its weight 1.
            #expect(interactions.sum == Double(events) && interactions.entries == Int(events))
            let categories = try #require(seen["product_categories.npz"]?.matrix)
            #expect(categories.rows == 30 && categories.columns == 3 && categories.sum == 30)
            let terms = try #require(seen["product_terms.npz"]?.matrix)
            let preferences = try #require(seen["user_preferences.npz"]?.matrix)
            #expect(terms.rows == 30 && preferences.rows == 60 && preferences.columns == terms.columns + 3)
            let labels = try #require(seen["labels.npz"]?.arrays)
            #expect(labels["user_key"]?.shape == [60] && labels["product_id"]?.type == "S")
            #expect(labels["term"]?.shape == [terms.columns] && labels["category"]?.shape == [3])
            let model = try #require(seen["model.npz"]?.matrix)
            #expect(model.rows == 30 && model.columns == 30 && model.entries > 0)
            #expect(seen["lists.npz"]?.arrays["discover"]?.shape == [60])
            #expect(seen["lists.npz"]?.arrays["buy_again"]?.shape == [60])
            let similar = try #require(seen["similar.npz"]?.matrix)
            #expect(similar.rows == 30 && similar.columns == 30 && similar.entries > 0)
            #expect(seen["sellable.npz"]?.arrays["product_key"]?.shape == [30])
        }
    }

    @Test("what scipy and numpy write is read, packed or not")
    func read() async throws {
        let python = try await PythonEnvironment("files", Self.packages)
        let folder = NSTemporaryDirectory() + "npz-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        _ = try await python.run("npz_files.py", ["write", folder])
        func archive(_ name: String) throws -> NPZArchive {
            try NPZArchive(bytes: [UInt8](Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name).npz"))))
        }
        let plain = try CSRMatrix(archive: try archive("matrix-plain"))
        #expect(plain.rowCount == 3 && plain.columnCount == 5 && plain.indptr == [0, 2, 2, 4])
        #expect(plain.indices == [0, 3, 1, 2] && plain.values == [1.5, -2, 3, 4])
        #expect(try CSRMatrix(archive: try archive("matrix-packed")) == plain)
        let arrays = try archive("arrays")
        #expect(try arrays.integers("keys") == [0, 1_000_000_007, 2_000_000_014, 3_000_000_021, 4_000_000_028])
        #expect(try arrays.doubles("scores") == [0, 0.25, 0.5, 0.75, 1])
        #expect(arrays["names"]?.shape == [2])
    }
}
