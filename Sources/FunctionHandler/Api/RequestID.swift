import Synchronization

/// The id of one answer. Clients send it with the events that follow from the answer.
enum RequestID {
    /// Where this process starts to count: two processes have the same ids only if they drew near numbers of 64 bits.
    private static let start = UInt64.random(in: .min ... .max)
    private static let count = Atomic<UInt64>(0)

    /// `r-` and sixteen hexadecimal digits, never twice in a process. One atomic add; a system call for random bits costs as
    /// much as reading the request.
    static func make() -> String {
        var bits = mixed(start &+ count.wrappingAdd(1, ordering: .relaxed).newValue &* 0x9E37_79B9_7F4A_7C15)
        return String(unsafeUninitializedCapacity: 18) { buffer in
            buffer[0] = UInt8(ascii: "r")
            buffer[1] = UInt8(ascii: "-")
            for index in stride(from: 17, through: 2, by: -1) {
                let digit = UInt8(bits & 15)
                buffer[index] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
                bits >>= 4
            }
            return 18
        }
    }

    /// The output function of SplitMix64 (Steele, Lea, Flood 2014), which maps different numbers to different numbers.
    private static func mixed(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
