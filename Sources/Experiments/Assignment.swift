/// Which arm of an experiment a user belongs to: decided by a hash of the experiment's salt and the user's id alone, so that a
/// user has the same arm in every process and at every visit, and the arms of two experiments say nothing about each other.
package struct Assignment: Sendable, Equatable {
    /// Users are divided into so many buckets; a share is a whole number of them.
    package static let buckets = 10_000

    private let salt: UInt64
    /// Where each arm's buckets end, ascending; the last is ``buckets``.
    private let ends: [Int]

    /// - Parameters:
    ///   - salt: text that no other experiment has.
    ///   - shares: of each arm, positive; they need not sum to one.
    package init(salt: String, shares: [Double]) {
        precondition(!shares.isEmpty && shares.allSatisfy { $0 > 0 && $0.isFinite })
        self.salt = Self.hash(salt.utf8, from: Self.offset)
        let total = shares.reduce(0, +)
        var sum = 0.0
        ends = shares.enumerated().map { position, share in
            sum += share
            return position == shares.count - 1 ? Self.buckets : Int((sum / total * Double(Self.buckets)).rounded())
        }
    }

    /// The user's bucket, 0..<``buckets``. Cost: one multiplication a byte.
    package func bucket(of userID: String) -> Int {
        Int(number(of: userID) % UInt64(Self.buckets))
    }

    /// The user's arm, an index of the shares.
    package func arm(of userID: String) -> Int {
        let bucket = bucket(of: userID)
        return ends.firstIndex { bucket < $0 } ?? ends.count - 1
    }

    /// 64 bits that follow from salt and user, such as a seed for what is drawn for this user.
    package func number(of userID: String) -> UInt64 {
        SplitMix64.mixed(Self.hash(userID.utf8, from: salt))
    }

    private static let offset: UInt64 = 0xCBF2_9CE4_8422_2325

    /// FNV-1a, whose bits the mix afterwards makes independent of each other.
    private static func hash(_ bytes: String.UTF8View, from start: UInt64) -> UInt64 {
        // Mixed first, so that a salt is no mere prefix of the id.
        var hash = SplitMix64.mixed(start)
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        return hash
    }
}

/// SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, OOPSLA 2014): a generator of one number of state.
package struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return Self.mixed(state)
    }

    /// Its output function, which maps different numbers to different numbers.
    package static func mixed(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
