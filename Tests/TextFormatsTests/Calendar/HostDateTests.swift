import Foundation
import Testing
import TextFormats

@Suite("Dates of the Functions host")
struct HostDateTests {
    @Test("offset of the zone, fraction to seven digits without trailing zeros")
    func text() throws {
        let berlin = try #require(TimeZone(identifier: "Europe/Berlin"))
        let moment = Date(timeIntervalSince1970: 1_772_332_200.0113)
        #expect(HostDate.text(moment, zone: .gmt) == "2026-03-01T02:30:00.0113+00:00")
        #expect(HostDate.text(moment, zone: berlin) == "2026-03-01T03:30:00.0113+01:00")
        #expect(HostDate.utc(Date(timeIntervalSince1970: 1_772_332_200)) == "2026-03-01T02:30:00Z")
        #expect(HostDate.text(Date(timeIntervalSince1970: -0.5), zone: .gmt) == "1969-12-31T23:59:59.5+00:00")
        #expect(try HostDate.date(HostDate.never) == nil)
    }

    @Test(
        "every form the host writes",
        arguments: [
            ("1970-01-01T00:00:00Z", 0.0), ("1970-01-01T00:00:00", 0), ("1970-01-01T00:00:01+00:00", 1),
            ("2026-03-01T02:30:00.0113+00:00", 1_772_332_200.0113),
            ("2026-03-02T02:30:00.0189321Z", 1_772_418_600.0189321),
            ("2026-03-02T02:30:05.1Z", 1_772_418_605.1), ("2026-03-02T02:30:00+01:00", 1_772_415_000),
            ("2026-03-02T02:30:00-05:30", 1_772_438_400), ("2024-02-29T23:59:59Z", 1_709_251_199),
            ("2000-12-31T00:00:00Z", 978_220_800),
        ]
    )
    func forms(text: String, seconds: Double) throws {
        let date = try #require(try HostDate.date(text))
        #expect(abs(date.timeIntervalSince1970 - seconds) < 1e-6)
    }

    @Test(
        "never is no date, in every form",
        arguments: [
            "0001-01-01T00:00:00", "0001-01-01T00:00:00Z", "0001-01-01T00:00:00+00:00", "0001-01-01T00:00:00-08:00",
        ]
    )
    func never(text: String) throws {
        #expect(try HostDate.date(text) == nil)
    }

    @Test(
        "other text is refused",
        arguments: [
            "", "yesterday", "2026-13-01T00:00:00Z", "2026-02-29T00:00:00Z", "2026-01-01", "2026-01-01T24:00:00Z",
            "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00.1234567890Z", "2026-01-01T00:00:00+0100",
            "2026-01-01T00:00:00Zx",
            "0000-01-01T00:00:00Z", "2026-01-01T00:00:00+16:00", "9999-12-31T00:00:00+99:00",
            "20260101T000000Z", "2026-01-01T00:00",
        ]
    )
    func refused(text: String) {
        #expect(throws: HostDate.Unreadable.self) { try HostDate.date(text) }
    }
}
