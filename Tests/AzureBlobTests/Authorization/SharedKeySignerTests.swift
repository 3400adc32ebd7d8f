import AzureBlob
import Testing

/// Texts worked out by hand from the rules of "Authorize with Shared Key".
@Suite("What is signed follows the service's rules for awkward requests")
struct SharedKeySignerTests {
    private static func text(_ url: String, _ headers: HTTPHeaders = [:], method: String = "GET") -> String {
        SharedKeySigner.stringToSign(account: "acct", method: method, url: url, headers: headers)
    }

    /// The lines after the twelve standard ones.
    private static func tail(_ url: String, _ headers: HTTPHeaders = [:]) -> String {
        text(url, headers).split(separator: "\n", omittingEmptySubsequences: false).dropFirst(12)
            .joined(separator: "\n")
    }

    @Test("each standard header has its line, whatever the case of its name and the order it is sent in")
    func standardHeaders() {
        let headers: HTTPHeaders = [
            "RANGE": "bytes=0-9", "if-unmodified-since": "L", "IF-None-Match": "K", "If-match": "J",
            "if-Modified-Since": "I", "DATE": "H", "content-type": "G", "Content-md5": "F", "content-LENGTH": "17",
            "content-language": "D", "Content-encoding": "C", "Authorization": "SharedKey x:y", "Accept": "z",
        ]
        #expect(
            Self.text("https://acct.example/c", headers, method: "put")
                == "PUT\nC\nD\n17\nF\nG\nH\nI\nJ\nK\nL\nbytes=0-9\n/acct/c"
        )
    }

    @Test("a length of zero is signed as nothing, and the date only where x-ms-date is absent")
    func lengthAndDate() {
        #expect(
            Self.text("https://a/c", ["Content-Length": "0", "Date": "D", "X-MS-Date": "E"])
                == "GET" + String(repeating: "\n", count: 12) + "x-ms-date:E\n/acct/c"
        )
        #expect(
            Self.text("https://a/c", ["Content-Length": "00", "Date": "D"]) == "GET\n\n\n00\n\n\nD\n\n\n\n\n\n/acct/c"
        )
    }

    @Test("a range in x-ms-range is among the service's own headers and not in the standard line")
    func serviceRange() {
        #expect(Self.tail("https://a/c", ["x-ms-range": "bytes=0-9"]) == "x-ms-range:bytes=0-9\n/acct/c")
    }

    @Test("blanks around a value do not count, those inside do, and an empty value keeps its line")
    func blanks() {
        let headers: HTTPHeaders = [
            "x-ms-meta-a": " \t v  w\t ", "x-ms-meta-b": "", "x-ms-meta-c": "   ", "Content-Type": " text/plain ",
        ]
        #expect(Self.tail("https://a/c", headers) == "x-ms-meta-a:v  w\nx-ms-meta-b:\nx-ms-meta-c:\n/acct/c")
        #expect(Self.text("https://a/c", headers).contains("\ntext/plain\n"))
    }

    @Test("names are signed in lower case, repeated ones as one line in the order they were sent")
    func names() {
        let headers: HTTPHeaders = ["X-Ms-Meta-Key": "2", "x-ms-client-request-id": "r", "x-MS-meta-KEY": "1"]
        #expect(Self.tail("https://a/c", headers) == "x-ms-client-request-id:r\nx-ms-meta-key:2,1\n/acct/c")
    }

    @Test("signs come before digits, digits before letters, hyphens do not count unless nothing else differs")
    func order() {
        let sorted = ["a", "a!", "a.", "a_", "a_b", "a~", "a0", "a1", "a9", "ab", "a-b", "ab-c", "abd", "b"]
        var headers: HTTPHeaders = [:]
        for name in sorted.reversed() { headers.append("x-ms-meta-\(name)", "") }
        let names = Self.tail("https://a/c", headers).split(separator: "\n").dropLast()
            .map { String($0.dropFirst("x-ms-meta-".count).dropLast()) }
        #expect(names == sorted)
    }

    @Test(
        "the path is signed as it goes over the wire",
        arguments: [
            ("https://acct.example", "/acct/"), ("https://acct.example?x=1", "/acct/\nx:1"),
            ("https://acct.example/", "/acct/"), ("http://127.0.0.1:10000/acct", "/acct/acct"),
            ("https://a/c/b%20%C3%BC%2Fd~e", "/acct/c/b%20%C3%BC%2Fd~e"), ("https://a/c//b/../d", "/acct/c//b/../d"),
            ("https://a/c/$root;v=1", "/acct/c/$root;v=1"), ("https://a/c#part", "/acct/c"),
            ("https://acct-secondary.example/c", "/acct/c"),
        ]
    )
    func path(url: String, expected: String) {
        #expect(Self.tail(url) == expected)
    }

    @Test(
        "query values are signed decoded, names in lower case and in order, repeated ones joined in order",
        arguments: [
            ("prefix=a%2Bb%20c%2F%C3%BC", "prefix:a+b c/ü"), ("blockid=AA%2B%2F%3D%3D", "blockid:AA+/=="),
            ("prefix=a+b", "prefix:a b"), ("marker", "marker:"), ("marker=", "marker:"), ("marker=a=b", "marker:a=b"),
            ("prefix=100%25", "prefix:100%"), ("prefix=%zz%4", "prefix:%zz%4"), ("prefix=%+4%-1", "prefix:% 4%-1"),
            ("Timeout=20&COMP=list", "comp:list\ntimeout:20"), ("a=2&a=1&A=0", "a:0,1,2"),
            ("restype=container&comp=list&include=", "comp:list\ninclude:\nrestype:container"),
            ("prefix=a?b", "prefix:a?b"), ("&comp=list&", "comp:list"),
            ("snapshot=2025-01-01T00%3a00%3A00Z", "snapshot:2025-01-01T00:00:00Z"),
        ]
    )
    func query(query: String, expected: String) {
        #expect(Self.tail("https://a/c?\(query)") == "/acct/c\n\(expected)")
    }

    @Test("the signature is HMAC-SHA256 of the text under the decoded key")
    func signature() throws {
        // Made with openssl: "GET", twelve line ends and "/acct/" under the key "key".
        let signer = SharedKeySigner(try SharedKey(account: "acct", base64Key: "a2V5"))
        #expect(
            signer.authorization(method: "GET", url: "https://acct.example", headers: [:])
                == "SharedKey acct:ynVSHC07eCEDlSN+/3l++tlBRvJuYiiLplCZWXqQcXk="
        )
    }
}
