import FoundationEssentials
import TextFormats

/// Dates as the host writes them: 0 to 7 fraction digits, with an offset, `Z`, or neither, which is read as UTC and may be
/// the host's local time.
enum HostDate {
    /// - Returns: nil for "never", which is the first day of year 1 in any form.
    /// - Throws: `Problem` for text that is no date.
    static func parse(_ text: String) throws(Problem) -> Date? {
        guard let seconds = Timestamp.seconds(text) else {
            throw .badRequest("\(text.quotedForMessage) is not a date of the Functions host")
        }
        // A time zone may move year 1 by a day; nothing of ours happened before 1970.
        return seconds < 0 ? nil : Date(timeIntervalSince1970: seconds)
    }

    /// Whether a date says which moment it is: it ends with `Z` or an offset.
    static func isExact(_ text: String) -> Bool {
        text.hasSuffix("Z") || text.hasSuffix("z") || text.dropFirst("2026-03-02".count).contains { "+-".contains($0) }
    }
}
