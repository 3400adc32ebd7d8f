/// Names one answer, so that clicks and impressions can say which list they belong to. 64 random bits.
enum RequestID {
    static func make() -> String {
        var bits = UInt64.random(in: .min ... .max)
        return String(unsafeUninitializedCapacity: 18) { buffer in
            buffer[0] = UInt8(ascii: "r")
            buffer[1] = UInt8(ascii: "-")
            for place in stride(from: 17, through: 2, by: -1) {
                let digit = UInt8(bits & 15)
                buffer[place] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
                bits >>= 4
            }
            return 18
        }
    }
}
