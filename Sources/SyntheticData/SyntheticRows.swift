import RecEngine

/// One article of the synthetic catalogue.
package struct SyntheticProduct: Sendable, Equatable {
    /// `P-000123`.
    package let productID: String
    /// Adjective, noun and variant; no two products share a name.
    package let name: String
    package let description: String
    /// One of ``SyntheticShop/categories``.
    package let category: String
    /// 500 … 50,000 pence.
    package let priceMinor: Int64
    /// Always GBP.
    package let currency: String
    /// Pieces; 0 for about 3 % of the products.
    package let stock: Int32
    /// `{"brand":"…","tags":["…"],"specs":{"…":"…"}}`.
    package let metadataJSON: String
}

/// One customer.
package struct SyntheticUser: Sendable, Equatable {
    /// `U-000123`.
    package let userID: String
    /// Unique, at example.com.
    package let email: String
    package let displayName: String
    /// The one to three categories the customer likes best: `{"categories":["…"]}`.
    package let preferencesJSON: String
}

/// What a customer did with a product.
package enum SyntheticInteractionType: String, Sendable, CaseIterable {
    case view
    case addToCart = "add_to_cart"
    case purchase
    case rating
}

/// One event.
package struct SyntheticInteraction: Sendable, Equatable {
    /// Unique among all events of all shops but for a chance of 2⁻³⁰ a pair of shops; 15 characters.
    package let eventID: String
    /// Row number of the user; ``SyntheticShop/userID(_:)`` makes the id.
    package let user: Int32
    /// Row number of the product; ``SyntheticShop/productID(_:)`` makes the id.
    package let product: Int32
    package let type: SyntheticInteractionType
    /// Stars (1 … 5) of a rating, pieces of a purchase, otherwise nil.
    package let value: Double?
    /// Unix seconds.
    package let time: Int64
    /// Shared by the events of one visit. A rating belongs to the visit of its purchase, days later.
    package let sessionID: String
    /// Shared by the purchases of one visit and their ratings; nil for views and carts.
    package let orderID: String?
}

/// Ids of the rows of one shop. Events, visits and orders carry a fingerprint of the options, so that a shop made with
/// other options adds events and never collides with these.
struct RowIdentifiers: Sendable {
    /// Six digits in base 32, then a hyphen.
    private let fingerprint: UInt64

    init(_ options: SyntheticShop.Options) {
        var mixed = options.seed
        for part in [
            UInt64(options.users), UInt64(options.products), UInt64(options.interactions),
            UInt64(options.days), UInt64(bitPattern: options.endTime),
        ] {
            var generator = SeededGenerator(seed: mixed, stream: part)
            mixed = generator.next()
        }
        fingerprint = mixed >> 34
    }

    /// Id of an event by its place among all events of the shop.
    func event(_ place: Int) -> String { text(UInt8(ascii: "e"), place) }

    /// Id of a visit by the place of its first event.
    func session(_ place: Int) -> String { text(UInt8(ascii: "s"), place) }

    /// Id of an order by the place of its visit's first event.
    func order(_ place: Int) -> String { text(UInt8(ascii: "o"), place) }

    /// A letter, six digits of fingerprint, a hyphen and seven digits of the place: 15 bytes, which a Swift string holds
    /// without an allocation. Seven digits in base 32 count to 3.4 · 10¹⁰.
    private func text(_ letter: UInt8, _ place: Int) -> String {
        // All 15 bytes are ASCII and written before the count is returned.
        String(unsafeUninitializedCapacity: 15) { bytes in
            bytes[0] = letter
            var rest = fingerprint
            for position in stride(from: 6, through: 1, by: -1) {
                bytes[position] = Self.digit(rest)
                rest >>= 5
            }
            bytes[7] = UInt8(ascii: "-")
            rest = UInt64(place)
            for position in stride(from: 14, through: 8, by: -1) {
                bytes[position] = Self.digit(rest)
                rest >>= 5
            }
            return 15
        }
    }

    /// `0` … `9`, `a` … `v`: digits that sort in ASCII as they count.
    @inline(__always)
    private static func digit(_ value: UInt64) -> UInt8 {
        let low = UInt8(truncatingIfNeeded: value & 31)
        return low < 10 ? UInt8(ascii: "0") + low : UInt8(ascii: "a") + (low - 10)
    }

    /// A letter, a hyphen and at least six digits.
    static func numbered(_ letter: String, _ index: Int) -> String {
        "\(letter)-\(padded(index))"
    }

    /// At least six digits.
    static func padded(_ index: Int) -> String {
        let digits = String(index)
        return String(repeating: "0", count: max(0, 6 - digits.count)) + digits
    }
}

/// What a stream of random numbers is for. Each customer and product has its own of each, so rows do not depend on how
/// many others there are.
enum StreamPurpose: UInt64 {
    case productTraits = 1
    case productText
    case names
    case popularity
    case userActivity
    case userTaste
    case userText
    case behaviour

    func generator(seed: UInt64, index: Int = 0) -> SeededGenerator {
        SeededGenerator(seed: seed, stream: rawValue << 56 | UInt64(index))
    }
}

/// Rows made one by one from their number, in batches.
struct RowBatches<Row: Sendable>: Sequence, IteratorProtocol, Sendable {
    private let count: Int
    private let batchSize: Int
    private let row: @Sendable (Int) -> Row
    private var position = 0

    init(count: Int, batchSize: Int, row: @escaping @Sendable (Int) -> Row) {
        precondition(batchSize > 0, "batch size must be positive")
        self.count = count
        self.batchSize = batchSize
        self.row = row
    }

    mutating func next() -> [Row]? {
        guard position < count else { return nil }
        let end = position + Swift.min(batchSize, count - position)
        defer { position = end }
        return (position..<end).map(row)
    }
}
