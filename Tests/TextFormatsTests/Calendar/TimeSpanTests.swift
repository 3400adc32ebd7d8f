import Testing
import TextFormats

@Suite("TimeSpan")
struct TimeSpanTests {
    @Test("forms of .NET")
    func forms() {
        #expect(TimeSpan.duration("00:30:00") == .seconds(1_800))
        #expect(TimeSpan.duration("00:00:00.25") == .milliseconds(250))
        #expect(TimeSpan.duration("1.02:03:04") == .seconds(93_784))
        #expect(TimeSpan.duration("2:30") == .seconds(9_000))
        #expect(TimeSpan.duration("-00:00:01") == .seconds(-1))
        #expect(TimeSpan.duration("7") == .seconds(604_800))
    }

    @Test("no TimeSpan", arguments: ["", "24:00:00", "00:60:00", "00:00:60", "1:2:3:4", "x", "00:00:00.12345678", "-"])
    func refused(_ text: String) {
        #expect(TimeSpan.duration(text) == nil)
    }
}
