/// A list as the cache stores it, as parallel arrays; names, prices and reasons are made when it is served.
///
/// Stored form: `{"v":1,"p":[product keys],"s":[scores],"e":[evidence keys],"w":[shares],"t":[unix seconds],
/// "x":[propensities of the explored items],"m":"marks","k":"kinds"}`, where 0 in `e` means that the model has no evidence.
/// `x`, `m` and `k` are left out where nothing is explored, no item has a mark and all evidence was bought. 20 items take
/// about 1,700 bytes as jsonb, below the 2 kB from which PostgreSQL would move the value out of line.
package struct StoredList: Sendable, Equatable {
    /// What a customer did with the product that an item's evidence is.
    package enum Occasion: UInt8, Sendable, CaseIterable {
        case bought, rated, viewed
    }

    /// What else is known of an item, in two characters of base 64.
    package struct Marks: Sendable, Hashable {
        /// How many other products of the customer's history make at least a tenth of the score each, at most 7.
        package var others = 0
        /// The item is in demand: its factor lifted the score by a half or more.
        package var isInDemand = false
        /// Drawn by exploration in front of better ones.
        package var isExplored = false
        /// No model ranked it for this customer: it fills the list up.
        package var isFiller = false
        /// What the customer did with the evidence.
        package var occasion = Occasion.bought
        /// Too new for the model: it is in the list for what is written about it.
        package var isNew = false

        package init(
            others: Int = 0,
            isInDemand: Bool = false,
            isExplored: Bool = false,
            isFiller: Bool = false,
            occasion: Occasion = .bought,
            isNew: Bool = false
        ) {
            self.others = min(others, 7)
            self.isInDemand = isInDemand
            self.isExplored = isExplored
            self.isFiller = isFiller
            self.occasion = occasion
            self.isNew = isNew
        }

        /// From what ``mark`` and ``kind`` wrote; nil for numbers that they do not write.
        fileprivate init?(mark: UInt8, kind: UInt8) {
            guard let occasion = Occasion(rawValue: kind & 3), kind < 8 else { return nil }
            self.init(
                others: Int(mark & 7),
                isInDemand: mark & 8 != 0,
                isExplored: mark & 16 != 0,
                isFiller: mark & 32 != 0,
                occasion: occasion,
                isNew: kind & 4 != 0
            )
        }

        /// Below 64.
        fileprivate var mark: UInt8 {
            UInt8(others) | (isInDemand ? 8 : 0) | (isExplored ? 16 : 0) | (isFiller ? 32 : 0)
        }

        /// Below 64.
        fileprivate var kind: UInt8 { occasion.rawValue | (isNew ? 4 : 0) }

        /// The digits of base 64.
        fileprivate static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    }

    /// Recommended products in the order in which they are shown.
    package private(set) var products: [Int64] = []
    /// Model scores; they fall but for diversity and exploration.
    package private(set) var scores: [Float] = []
    /// The product of the customer's own history that contributed most, 0 without one.
    package private(set) var evidence: [Int64] = []
    /// That product's share of the score, 0…1, two decimals.
    package private(set) var shares: [Float] = []
    /// When the customer last touched the evidence product, unix seconds, 0 without one.
    package private(set) var evidenceTimes: [Int64] = []
    package private(set) var marks: [Marks] = []
    /// Of the explored items in their order: how likely each was at its position, 0…1.
    package private(set) var propensities: [Float] = []

    package init() {}

    package var count: Int { products.count }

    /// How likely an explored item was at its position; 1 for one that is not explored. Cost: O(index).
    package func propensity(at index: Int) -> Float {
        marks[index].isExplored ? propensities[marks[..<index].count(where: \.isExplored)] : 1
    }

    /// Adds an item; evidence and propensity where there are any.
    package mutating func append(
        _ product: Int64,
        score: Float,
        evidence: (product: Int64, share: Float, time: Int64)? = nil,
        marks: Marks = Marks(),
        propensity: Double = 1
    ) {
        products.append(product)
        scores.append(score)
        self.evidence.append(evidence?.product ?? 0)
        // Readers see two decimals; rounding here makes rows shorter.
        shares.append(((evidence?.share ?? 0) * 100).rounded() / 100)
        evidenceTimes.append(evidence?.time ?? 0)
        self.marks.append(marks)
        if marks.isExplored { propensities.append(Float((propensity * 10_000).rounded() / 10_000)) }
    }
}

extension StoredList {
    /// The list is not in the form that this version writes.
    package struct Malformed: Error, Sendable, CustomStringConvertible {
        package var reason: String
        /// In bytes.
        package var offset: Int
        package var description: String { "stored list: \(reason) at byte \(offset)" }
    }

    /// The compact JSON text of the cache column. Floats are written in their shortest form that reads back to the same bits.
    package func jsonBytes() -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(64 + count * 44)
        func array<T>(_ name: StaticString, _ values: [T], _ append: (T, inout [UInt8]) -> Void) {
            name.withUTF8Buffer { out.append(contentsOf: $0) }
            for (index, value) in values.enumerated() {
                if index > 0 { out.append(UInt8(ascii: ",")) }
                append(value, &out)
            }
            out.append(UInt8(ascii: "]"))
        }
        func integer(_ value: Int64, _ out: inout [UInt8]) { out.append(contentsOf: String(value).utf8) }
        func float(_ value: Float, _ out: inout [UInt8]) { out.append(contentsOf: value.description.utf8) }
        array("{\"v\":1,\"p\":[", products, integer)
        array(",\"s\":[", scores, float)
        array(",\"e\":[", evidence, integer)
        array(",\"w\":[", shares, float)
        array(",\"t\":[", evidenceTimes, integer)
        if !propensities.isEmpty { array(",\"x\":[", propensities, float) }
        func digits(_ name: StaticString, _ values: [UInt8]) {
            guard values.contains(where: { $0 != 0 }) else { return }
            name.withUTF8Buffer { out.append(contentsOf: $0) }
            out.append(contentsOf: values.map { Marks.alphabet[Int($0)] })
            out.append(UInt8(ascii: "\""))
        }
        digits(",\"m\":\"", marks.map(\.mark))
        digits(",\"k\":\"", marks.map(\.kind))
        out.append(UInt8(ascii: "}"))
        return out
    }

    /// Reads the column back, in whatever order jsonb has the keys. One pass, no allocation but the arrays.
    /// - Throws: ``Malformed``.
    package init(json bytes: [UInt8]) throws { self = try bytes.withUnsafeBytes { try StoredList(json: $0) } }

    /// The same from a buffer, which is not used after the call.
    package init(json bytes: UnsafeRawBufferPointer) throws(Malformed) {
        self.init()
        var reader = CompactReader(bytes: bytes)
        var digits: [UInt8] = []
        var kinds: [UInt8] = []
        try reader.expect(UInt8(ascii: "{"))
        repeat {
            try reader.expect(UInt8(ascii: "\""))
            let key = try reader.next()
            try reader.expect(UInt8(ascii: "\""))
            try reader.expect(UInt8(ascii: ":"))
            switch key {
            case UInt8(ascii: "v"):
                guard try reader.integer() == 1 else { throw reader.malformed("unknown version") }
            case UInt8(ascii: "p"): products = try reader.integers()
            case UInt8(ascii: "s"): scores = try reader.floats()
            case UInt8(ascii: "e"): evidence = try reader.integers()
            case UInt8(ascii: "w"): shares = try reader.floats()
            case UInt8(ascii: "t"): evidenceTimes = try reader.integers()
            case UInt8(ascii: "x"): propensities = try reader.floats()
            case UInt8(ascii: "m"): digits = try reader.digits()
            case UInt8(ascii: "k"): kinds = try reader.digits()
            default: throw reader.malformed("unknown key")
            }
        } while try reader.another(before: UInt8(ascii: "}"))
        if digits.isEmpty { digits = [UInt8](repeating: 0, count: count) }
        if kinds.isEmpty { kinds = [UInt8](repeating: 0, count: count) }
        for (mark, kind) in zip(digits, kinds) {
            guard let marks = Marks(mark: mark, kind: kind) else { throw reader.malformed("unknown mark") }
            self.marks.append(marks)
        }
        let lengths = [scores.count, evidence.count, shares.count, evidenceTimes.count, digits.count, kinds.count]
        guard lengths.allSatisfy({ $0 == count }), propensities.count == marks.count(where: \.isExplored) else {
            throw reader.malformed("arrays of different length")
        }
    }
}

/// A cursor over the few JSON forms that a stored list has: one object of one-letter keys, arrays of numbers, one string.
private struct CompactReader {
    /// Every access is behind a comparison with `count`.
    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    func malformed(_ reason: String) -> StoredList.Malformed { .init(reason: reason, offset: position) }

    mutating func next() throws(StoredList.Malformed) -> UInt8 {
        while position < bytes.count, bytes[position] == UInt8(ascii: " ") { position += 1 }
        guard position < bytes.count else { throw malformed("unexpected end") }
        defer { position += 1 }
        return bytes[position]
    }

    mutating func expect(_ byte: UInt8) throws(StoredList.Malformed) {
        guard try next() == byte else { throw malformed("expected '\(Character(UnicodeScalar(byte)))'") }
    }

    /// Consumes a comma (true) or `end` (false).
    mutating func another(before end: UInt8) throws(StoredList.Malformed) -> Bool {
        switch try next() {
        case UInt8(ascii: ","): return true
        case end: return false
        default: throw malformed("expected ',' or '\(Character(UnicodeScalar(end)))'")
        }
    }

    mutating func integer() throws(StoredList.Malformed) -> Int64 {
        let value = try number()
        guard value.exponent == 0 else { throw malformed("not an integer") }
        return value.negative ? -value.digits : value.digits
    }

    mutating func float() throws(StoredList.Malformed) -> Float {
        let value = try number()
        // At most 18 digits: below 2^63, and what is written here has 9, so that the double is exact before it is scaled.
        var scaled = Double(value.digits)
        var power = value.exponent.magnitude
        while power > 0 {
            let step = min(power, 18)
            let factor = Self.powersOfTen[Int(step)]
            scaled = value.exponent < 0 ? scaled / factor : scaled * factor
            power -= step
        }
        return Float(value.negative ? -scaled : scaled)
    }

    mutating func integers() throws(StoredList.Malformed) -> [Int64] {
        var values: [Int64] = []
        values.reserveCapacity(20)
        guard try openArray() else { return values }
        repeat { values.append(try integer()) } while try another(before: UInt8(ascii: "]"))
        return values
    }

    mutating func floats() throws(StoredList.Malformed) -> [Float] {
        var values: [Float] = []
        values.reserveCapacity(20)
        guard try openArray() else { return values }
        repeat { values.append(try float()) } while try another(before: UInt8(ascii: "]"))
        return values
    }

    /// A string of digits of base 64, as numbers.
    mutating func digits() throws(StoredList.Malformed) -> [UInt8] {
        var values: [UInt8] = []
        values.reserveCapacity(20)
        try expect(UInt8(ascii: "\""))
        while true {
            let character = try next()
            if character == UInt8(ascii: "\"") { return values }
            guard let digit = StoredList.Marks.alphabet.firstIndex(of: character) else {
                throw malformed("unknown mark")
            }
            values.append(UInt8(digit))
        }
    }

    /// Whether the array that starts here has elements.
    private mutating func openArray() throws(StoredList.Malformed) -> Bool {
        try expect(UInt8(ascii: "["))
        guard try next() != UInt8(ascii: "]") else { return false }
        position -= 1
        return true
    }

    private struct Number {
        var negative = false
        var digits: Int64 = 0
        var exponent = 0
    }

    private mutating func number() throws(StoredList.Malformed) -> Number {
        var value = Number()
        var byte = try next()
        if byte == UInt8(ascii: "-") {
            value.negative = true
            byte = try next()
        }
        position -= 1
        let start = position
        var seenPoint = false
        scan: while position < bytes.count {
            byte = bytes[position]
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                if value.digits < 100_000_000_000_000_000 {
                    value.digits = value.digits * 10 + Int64(byte - UInt8(ascii: "0"))
                    if seenPoint { value.exponent -= 1 }
                } else if !seenPoint {
                    value.exponent += 1
                }
            case UInt8(ascii: ".") where !seenPoint: seenPoint = true
            case UInt8(ascii: "e"), UInt8(ascii: "E"):
                position += 1
                value.exponent += try exponent()
                break scan
            default: break scan
            }
            position += 1
        }
        guard position > start else { throw malformed("expected a number") }
        return value
    }

    private mutating func exponent() throws(StoredList.Malformed) -> Int {
        var negative = false
        if position < bytes.count, bytes[position] == UInt8(ascii: "-") || bytes[position] == UInt8(ascii: "+") {
            negative = bytes[position] == UInt8(ascii: "-")
            position += 1
        }
        var value = 0
        let start = position
        while position < bytes.count, case UInt8(ascii: "0")...UInt8(ascii: "9") = bytes[position] {
            value = min(value * 10 + Int(bytes[position] - UInt8(ascii: "0")), 400)
            position += 1
        }
        guard position > start else { throw malformed("expected an exponent") }
        return negative ? -value : value
    }

    private static let powersOfTen: [Double] = [
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
    ]
}
