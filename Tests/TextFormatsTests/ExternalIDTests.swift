import Testing
import TextFormats

@Suite("External ids")
struct ExternalIDTests {
    @Test(
        "1 to 64 letters, digits and four marks are an id",
        arguments: ["a", "A-1", "0:9", "x_y.z", String(repeating: "a", count: 64)]
    )
    func valid(id: String) {
        #expect(ExternalID.isValid(id))
    }

    @Test(
        "anything else is none",
        arguments: ["", " ", "a b", "é", "a/b", "a\0", "#1", String(repeating: "a", count: 65)]
    )
    func invalid(id: String) {
        #expect(!ExternalID.isValid(id))
    }
}
