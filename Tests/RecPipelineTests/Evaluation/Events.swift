import Foundation
import RecEngine

/// Files in a folder of their own, removed at the end.
final class EventFiles {
    let folder = NSTemporaryDirectory() + "events-\(UUID().uuidString)/"
    static let header = "user_id,product_id,interaction_type,value,timestamp,order_id\n"
    static let products = "product_id,name,description,category,price\n"

    init() throws { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func path(_ name: String) -> String { folder + name }

    @discardableResult
    func write(_ name: String, _ bytes: [UInt8]) throws -> String {
        try Data(bytes).write(to: URL(fileURLWithPath: path(name)))
        return path(name)
    }

    @discardableResult
    func write(_ name: String, _ text: String) throws -> String { try write(name, Array(text.utf8)) }

    /// A shop of 30 customers in three groups over 12 products, a purchase an hour.
    static func shop(rows: Int = 400, seed: UInt64 = 31, from start: Int = 0, users: String = "U") -> String {
        var generator = SeededGenerator(seed: seed)
        var lines = ""
        for row in 0..<rows {
            let user = generator.below(30)
            let product = generator.below(10) == 0 ? generator.below(12) : generator.below(4) + 4 * (user % 3)
            lines += "\(users)\(user),P\(product),purchase,1,\(1_600_000_000 + (start + row) * 3_600),O\(row / 3)\n"
        }
        return lines
    }

    static func catalogue() -> String {
        products + (0..<12).map { "P\($0),Name \($0),word\($0 / 4) of \($0),Group \($0 / 4),\($0 + 1).50\n" }.joined()
    }
}
