import Glibc
import TextFormats

/// The Date header's value, made once a second.
struct DateHeader {
    private var second = 0
    private var text: [UInt8] = []

    /// `Mon, 23 Nov 2026 22:08:34 GMT` of the current second.
    mutating func current() -> [UInt8] {
        let now = time(nil)
        if now != second || text.isEmpty {
            second = now
            text = Array(HTTPDate.text(unixSeconds: Int64(now)).utf8)
        }
        return text
    }
}
