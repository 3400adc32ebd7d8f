import Foundation
import Testing
import TextFormats

@testable import LocalHost

@Suite("Values of queue outputs")
struct QueueOutputTests {
    private func texts(_ value: JSONValue, isBinary: Bool = false) throws -> [String] {
        try QueueOutput.contents(value, isBinary: isBinary).map { String(decoding: $0, as: UTF8.self) }
    }

    @Test("an array of strings is one message an element, its text exactly")
    func strings() throws {
        let elements = ["{\"batch\":  1}", "YWJj", "[1,2]", " x ", ""]
        #expect(try texts(.array(elements.map { .string($0) })) == elements)
    }

    @Test("objects and arrays among the elements are indented JSON, other values .NET's text")
    func elements() throws {
        let value: JSONValue = [
            ["b": ["c": [], "d": [1, "x\""]], "a": [:]], [true], 5, .number(0.5), true, .null,
        ]
        #expect(
            try texts(value) == [
                """
                {
                  "a": {},
                  "b": {
                    "c": [],
                    "d": [
                      1,
                      "x\\""
                    ]
                  }
                }
                """,
                "[\n  true\n]", "5", "0.5", "True", "",
            ]
        )
    }

    @Test(
        "a string that is valid base64 is decoded",
        arguments: [("abcd", [0x69, 0xB7, 0x1D]), ("", []), ("1234", [0xD7, 0x6D, 0xF8])] as [(String, [UInt8])]
    )
    func base64(_ text: String, _ bytes: [UInt8]) throws {
        #expect(try QueueOutput.contents(.string(text)) == [bytes])
    }

    @Test("with dataType binary it is not")
    func binary() throws {
        #expect(try texts("abcd", isBinary: true) == ["abcd"])
    }

    @Test("a string that looks like a JSON object is parsed and indented, one that looks like an array is exploded")
    func lookingLikeJSON() throws {
        #expect(try texts(#" {"a":1} "#) == ["{\n  \"a\": 1\n}"])
        #expect(try texts(#"["a",{"b":2},"YWJj"]"#) == ["a", "{\n  \"b\": 2\n}", "YWJj"])
        #expect(try texts("[]") == [])
    }

    @Test("a string in brackets that is no JSON fails", arguments: ["{a}", "[1,", "[oops]", "{\"a\":}"])
    func broken(_ text: String) throws {
        guard text.hasSuffix("]") || text.hasSuffix("}") else {
            #expect(try texts(.string(text)) == [text], "only both brackets make it look like JSON")
            return
        }
        #expect(throws: QueueFault.self) { try texts(.string(text)) }
    }

    @Test("a text that .NET may take for a date is found, alone or in an array")
    func dates() {
        #expect(QueueOutput.mayBecomeDate("2026-03-02T02:30:00Z"))
        #expect(QueueOutput.mayBecomeDate(["a", "2026-03-02T02:30:00.5+01:00"]))
        #expect(!QueueOutput.mayBecomeDate(["2026-03-02", "at 2026-03-02T02:30:00Z", ["at": "2026-03-02T02:30:00Z"]]))
    }

    @Test("any other string is one message; nothing is none")
    func others() throws {
        #expect(try texts("plain text") == ["plain text"])
        #expect(try texts("abc") == ["abc"], "no base64: its length is no multiple of four")
        #expect(try texts(["a": 1]) == ["{\n  \"a\": 1\n}"])
        #expect(try texts(.null) == [] && texts([]) == [])
    }
}

@Suite("Queue invocations")
struct QueueCallTests {
    private func call(isBinary: Bool = false) throws -> QueueCall {
        let trigger = QueueTrigger(bindingName: "job", queue: try QueueName("jobs"), isBinary: isBinary)
        return QueueCall(function: FunctionDefinition(name: "Jobs", state: .ready(.queue(trigger))), trigger: trigger)
    }

    private let message: QueueMessage = {
        var message = QueueMessage(text: "", now: Date(timeIntervalSince1970: 1_772_418_604.7))
        message.take(now: Date(timeIntervalSince1970: 1_772_418_605.2), for: .seconds(600))
        return message
    }()

    @Test(
        "the text is JSON inside a string, twice for JSON; properties of the message are Metadata, QueueTrigger is not"
    )
    func body() throws {
        let text = #"{"batch":"2026-03-02","users":["u1"],"count":3,"full":true,"none":null,"more":{"a":1},"ID":"own"}"#
        let body = try #require(try call().body(for: message, content: Array(text.utf8), now: Date())).json
        let data = try #require(body["Data"]?["job"]?.string)
        #expect(try JSONParser.parse(data) == .string(text))
        let metadata = try #require(body["Metadata"]?.object)
        #expect(metadata["DequeueCount"] == "1" && metadata["PopReceipt"] == .string("\"\(message.popReceipt)\""))
        #expect(metadata["InsertionTime"] == "2026-03-02T02:30:04+00:00")
        #expect(metadata["ExpirationTime"] == "2026-03-09T02:30:04+00:00")
        #expect(metadata["NextVisibleTime"] == "2026-03-02T02:40:05+00:00")
        #expect(metadata["batch"] == #""2026-03-02""# && metadata["count"] == #""3""# && metadata["full"] == #""True""#)
        #expect(metadata["more"] == ["a": 1] && metadata["users"] == nil && metadata["none"] == nil)
        #expect(metadata["Id"] == #""own""# && metadata["ID"] == nil, "a property replaces the host's value")
        #expect(metadata["sys"]?["MethodName"] == "Jobs" && metadata.keys.allSatisfy { $0 != "QueueTrigger" })
    }

    @Test("plain text has the message's own properties alone")
    func plain() throws {
        let body = try #require(try call().body(for: message, content: Array("[1] \"ü\"".utf8), now: Date())).json
        #expect(body["Data"]?["job"] == .string(#""[1] \"ü\"""#))
        #expect(body["Metadata"]?["Id"] == .string("\"\(message.id)\""))
        #expect(body["Metadata"]?.object?.count == 7)
    }

    @Test("bytes are base64 for a binary binding, and no body at all for text")
    func bytes() throws {
        #expect(try call().body(for: message, content: [0xFF, 0x00], now: Date()) == nil)
        let body = try #require(try call(isBinary: true).body(for: message, content: [0xFF, 0x00], now: Date())).json
        #expect(body["Data"]?["job"] == "/wA=")
    }
}
