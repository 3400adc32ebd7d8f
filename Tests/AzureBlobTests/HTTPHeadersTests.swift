import AzureBlob
import Testing

@Suite("HTTP headers")
struct HTTPHeadersTests {
    @Test("a name is found whatever its case, and setting it replaces every field of that name")
    func names() {
        var headers: HTTPHeaders = ["x-ms-date": "a", "X-MS-Date": "b", "Accept": "c"]
        #expect(headers["X-Ms-DATE"] == "a")
        headers["x-ms-DATE"] = "d"
        #expect(headers.fields.map(\.name) == ["Accept", "x-ms-DATE"])
        headers["accept"] = nil
        #expect(headers.fields.count == 1)
    }
}
