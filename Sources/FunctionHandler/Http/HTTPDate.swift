#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The Date header's value, made once a second.
struct HTTPDate {
    private var second = 0
    private var text: [UInt8] = []

    /// `Mon, 23 Nov 2026 22:08:34 GMT` of the current second.
    mutating func current() -> [UInt8] {
        let now = time(nil)
        if now != second || text.isEmpty {
            second = now
            text = Self.text(unixSeconds: now)
        }
        return text
    }

    static func text(unixSeconds: Int) -> [UInt8] {
        let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        // `2026-11-23T22:08:34Z`; 1 January 1970 was a Thursday.
        let plain = Array(Timestamp.text(unixSeconds: Int64(unixSeconds)).utf8)
        let month = Int(plain[5] - 0x30) * 10 + Int(plain[6] - 0x30)
        var text = Array(days[unixSeconds / 86_400 % 7].utf8)
        text += Array(", ".utf8) + plain[8..<10] + Array(" \(months[month - 1]) ".utf8) + plain[0..<4]
        text += Array(" ".utf8) + plain[11..<19] + Array(" GMT".utf8)
        return text
    }
}
