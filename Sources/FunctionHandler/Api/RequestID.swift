import RecPipeline
import Shop
import Synchronization
import TextFormats

/// The id of one answer. Clients send it with the events that follow from the answer.
enum RequestID {
    /// Where this process starts to count: two processes have the same ids only if they drew near numbers of 64 bits.
    private static let start = UInt64.random(in: .min ... .max)
    private static let count = Atomic<UInt64>(0)

    /// `r-` and sixteen hexadecimal digits, never twice in a process. One atomic add; a system call for random bits costs as
    /// much as reading the request.
    static func make() -> String { String(decoding: bytes(), as: UTF8.self) }

    fileprivate static func bytes() -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(64)
        bytes.append(UInt8(ascii: "r"))
        bytes.append(UInt8(ascii: "-"))
        bytes.append(hex: mixed(start &+ count.wrappingAdd(1, ordering: .relaxed).newValue &* 0x9E37_79B9_7F4A_7C15))
        return bytes
    }

    /// The output function of SplitMix64 (Steele, Lea, Flood 2014), which maps different numbers to different numbers.
    private static func mixed(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

/// Ids of lists, which say where the list came from in a way that nobody else can write.
///
/// `r-{number}-{generation}[.{experiment}.{arm}[.{teams}]]-{code}`: teams are a bit a position, 1 where the second arm brought the
/// product, the first position lowest; number, teams and code are hexadecimal. The code is over the rest and the user's id, so that an id
/// counts for the user that it was given to and for nobody else.
struct SignedRequestIDs: Sendable {
    private let hash: SipHash

    /// - Parameter key: the shop's signing key.
    init(key: [UInt8]) {
        // A key of its own: a code of an id must be good for nothing else.
        hash = SipHash(key: SHA256.authenticationCode(of: Array("request_id".utf8), key: key))
    }

    /// - Parameter generation: of the stored list; 0 for one made on demand.
    func make(generation: Int64, _ origin: AnswerOrigin?, for userID: String) -> String {
        var bytes = RequestID.bytes()
        bytes.append(UInt8(ascii: "-"))
        bytes.append(decimal: generation)
        if let origin {
            bytes.append(UInt8(ascii: "."))
            bytes.append(decimal: origin.experimentID)
            bytes.append(UInt8(ascii: "."))
            bytes.append(decimal: Int64(origin.arm))
            if let teams = origin.teams {
                bytes.append(UInt8(ascii: "."))
                bytes.append(teams: teams)
            }
        }
        let code = code(of: bytes, userID)
        bytes.append(UInt8(ascii: "-"))
        bytes.append(hex: code)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// What an id says of the product at a position; nil for an id that this shop did not give to this user.
    func read(_ id: String, for userID: String, position: Int32?) -> ShownBy? {
        let bytes = Array(id.utf8)
        guard bytes.count > 37, bytes[bytes.count - 17] == UInt8(ascii: "-"),
            let code = UInt64(id.suffix(16), radix: 16)
        else { return nil }
        let signed = Array(bytes.dropLast(17))
        guard self.code(of: signed, userID) == code else { return nil }
        let parts = String(decoding: signed.dropFirst(19), as: UTF8.self).split(separator: ".")
        guard let generation = parts.first.flatMap({ Int64($0) }) else { return nil }
        var shown = ShownBy(generation: generation)
        guard parts.count >= 3, let experiment = Int64(parts[1]), var arm = Int(parts[2]) else { return shown }
        if parts.count == 4 {
            // Who brought a product is known by its position alone.
            guard let position, let isSecond = Self.team(parts[3], at: Int(position)) else { return shown }
            arm = isSecond ? 1 : 0
        }
        shown.experiment = (experiment, arm)
        return shown
    }

    private func code(of bytes: [UInt8], _ userID: String) -> UInt64 {
        var message = bytes
        // No id holds a blank.
        message.append(UInt8(ascii: " "))
        message.append(contentsOf: userID.utf8)
        return hash.code(of: message)
    }

    /// Four positions a digit.
    private static func team(_ digits: Substring, at position: Int) -> Bool? {
        guard position >= 0, position / 4 < digits.utf8.count else { return nil }
        let digit = digits[digits.utf8.index(digits.startIndex, offsetBy: position / 4)]
        return digit.hexDigitValue.map { $0 >> (position % 4) & 1 == 1 }
    }
}

extension [UInt8] {
    private static func digit(_ value: UInt64) -> UInt8 {
        let value = UInt8(truncatingIfNeeded: value & 15)
        return value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }

    /// Sixteen digits.
    fileprivate mutating func append(hex value: UInt64) {
        for shift in stride(from: UInt64(60), through: 0, by: -4) { append(Self.digit(value >> shift)) }
    }

    fileprivate mutating func append(decimal value: Int64) { append(contentsOf: String(value).utf8) }

    fileprivate mutating func append(teams: [Bool]) {
        for start in stride(from: 0, to: teams.count, by: 4) {
            var digit: UInt64 = 0
            for (bit, isSecond) in teams[start..<Swift.min(start + 4, teams.count)].enumerated() where isSecond {
                digit |= 1 << UInt64(bit)
            }
            append(Self.digit(digit))
        }
    }
}

/// Hands out what signs and reads ids, once the shop's key was read.
final class RequestIDSigner: Sendable {
    private let keys: @Sendable () async throws -> [UInt8]
    private let known = Mutex<SignedRequestIDs?>(nil)

    /// - Parameter keys: the shop's signing key; asked until it answers once.
    init(keys: @escaping @Sendable () async throws -> [UInt8]) { self.keys = keys }

    /// Nil while the database does not answer: such an answer's id says nothing, and its events count for no experiment.
    func current() async -> SignedRequestIDs? {
        if let known = known.withLock({ $0 }) { return known }
        guard let key = try? await keys(), key.count >= 16 else { return nil }
        let ids = SignedRequestIDs(key: key)
        known.withLock { $0 = ids }
        return ids
    }
}
