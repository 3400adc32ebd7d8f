import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTP1
import Testing

@testable import LocalHost

@Suite("Encoding of values")
struct BindingValueTests {
    @Test("strings, numbers and lists are JSON text inside a string; objects are nested; bytes are base64")
    func encodings() throws {
        #expect(BindingValue.string("abc").json == .string(#""abc""#))
        #expect(BindingValue.string(#"{"a":"b"}"#).json == .string(#""{\"a\":\"b\"}""#))
        #expect(BindingValue.integer(3).json == .string("3"))
        #expect(BindingValue.bool(true).json == .string("true"))
        #expect(BindingValue.list(["a", 1]).json == .string(#"["a",1]"#))
        #expect(BindingValue.object(["a": 1]).json == ["a": 1])
        #expect(BindingValue.bytes([0xff, 0]).json == .string("/wA="))
        let date = Date(timeIntervalSince1970: 1_772_332_200.75)
        #expect(BindingValue.date(date, zone: .gmt).json == .string("2026-03-01T02:30:00+00:00"))
    }

    @Test("Metadata drops nulls and keys that end in trigger; Data keeps everything")
    func metadata() {
        let body = InvocationBody(
            data: ["job": .string("x")],
            metadata: ["QueueTrigger": .string("x"), "ID": .integer(1), "gone": .null, "triggers": .integer(2)]
        )
        #expect(body.json["Metadata"]?.objectValue?.keys.sorted() == ["ID", "triggers"])
        #expect(body.json["Data"] == ["job": .string(#""x""#)])
    }
}

@Suite("Judging answers")
struct InvocationJudgeTests {
    private func judge(
        _ body: String,
        status: Int = 200,
        type: String? = "application/json"
    ) -> InvocationJudge.Verdict {
        InvocationJudge.judge(status: status, contentType: type, body: Array(body.utf8))
    }

    private func isFailure(_ verdict: InvocationJudge.Verdict) -> Bool {
        if case .failure = verdict { true } else { false }
    }

    private func isHang(_ verdict: InvocationJudge.Verdict) -> Bool {
        if case .hang = verdict { true } else { false }
    }

    @Test("{} is the smallest success")
    func smallest() {
        #expect(judge("{}") == .success(InvocationResult()))
        #expect(judge("{}", status: 202, type: "text/json; charset=utf-8") == .success(InvocationResult()))
    }

    @Test("names are matched without case, binding names inside Outputs are not changed")
    func names() {
        let verdict = judge(#"{"outputs":{"Jobs":["a"]},"LOGS":["one"],"returnValue":null,"More":1}"#)
        #expect(verdict == .success(InvocationResult(outputs: ["Jobs": ["a"]], logs: ["one"], returnValue: .null)))
    }

    @Test("an empty 2xx body and the literal null hang the real host", arguments: [200, 202, 204])
    func hangs(_ status: Int) {
        #expect(isHang(judge("", status: status)))
        #expect(isHang(judge("", status: status, type: nil)))
        #expect(isHang(judge("null", status: status)))
    }

    @Test("any other status fails and drops the logs", arguments: [100, 301, 400, 404, 500, 503])
    func status(_ status: Int) {
        #expect(
            judge(#"{"Logs":["lost"]}"#, status: status) == .failure("status code does not indicate success: \(status)")
        )
    }

    @Test("a missing or foreign content type fails and quotes the body")
    func contentType() {
        for type in [nil, "text/plain", "application/problem+json", "text/html; charset=utf-8"] {
            guard case .failure(let message) = judge("{}", type: type) else {
                Issue.record("\(type ?? "none") passed")
                continue
            }
            #expect(message.contains("{}"))
        }
    }

    @Test(
        "malformed answers fail",
        arguments: [
            "{", "[]", "5", "\"x\"", #"{"Logs":"one"}"#, #"{"Logs":[1]}"#, #"{"Outputs":[]}"#, #"{"Outputs":"x"}"#,
        ]
    )
    func malformed(_ body: String) {
        #expect(isFailure(judge(body)))
    }
}

@Suite("The http output")
struct HTTPOutputTests {
    @Test("status, headers and body of an object")
    func object() throws {
        let result = InvocationResult(outputs: [
            "res": ["statusCode": "201", "status": nil, "body": "made", "headers": ["Location": "/x"]]
        ])
        let response = try #require(HTTPOutput.response(result, name: "res"))
        #expect(response.status.code == 201 && response.headers[.location] == "/x")
        #expect(response.headers[.contentType] == "text/plain; charset=utf-8")
    }

    @Test("a missing output is 200, any other value than an object fails")
    func others() throws {
        #expect(HTTPOutput.response(InvocationResult(), name: "res")?.status.code == 200)
        #expect(HTTPOutput.response(InvocationResult(outputs: ["res": "text"]), name: "res") == nil)
        #expect(
            HTTPOutput.response(InvocationResult(outputs: ["Res": ["statusCode": 500]]), name: "res")?.status.code
                == 200
        )
        #expect(
            HTTPOutput.response(InvocationResult(returnValue: ["status": 204]), name: "$return")?.status.code == 204
        )
    }
}

@Suite("Header rules")
struct HeaderRulesTests {
    private func incoming(_ fields: HTTPFields) -> HeaderRules.Incoming {
        HeaderRules.Incoming(fields: fields, host: "shop.example", remoteAddress: "10.0.0.9", invocationID: "id-1")
    }

    private func field(_ name: String, _ value: String) throws -> HTTPField {
        HTTPField(name: try #require(HTTPField.Name(name)), value: value)
    }

    @Test("forwarding keeps Host, appends the User-Agent and adds to the caller's own host headers")
    func forwarding() throws {
        var fields: HTTPFields = [.userAgent: "curl/8", .accept: "*/*", .connection: "keep-alive"]
        fields.append(try field("X-Azure-Functions-InvocationId", "spoofed"))
        fields.append(try field("X-Forwarded-For", "1.2.3.4"))
        let headers = HeaderRules.forwarding(incoming(fields), hasBody: false)
        #expect(headers["host"] == ["shop.example"])
        #expect(headers["user-agent"] == ["curl/8 Azure-Functions-Host/4.1037.0"])
        #expect(headers["x-azure-functions-invocationid"] == ["spoofed, id-1"])
        #expect(headers["x-forwarded-for"] == ["1.2.3.4"], "forwarding adds no X-Forwarded-* and removes none")
        #expect(headers["connection"].isEmpty && headers["accept"] == ["*/*"])
    }

    @Test("forwarding loses content headers, Content-Type stays with a body")
    func contentHeaders() {
        let fields: HTTPFields = [
            .contentType: "application/json", .contentEncoding: "gzip", .contentLength: "5", .contentLanguage: "en",
        ]
        let with = HeaderRules.forwarding(incoming(fields), hasBody: true)
        #expect(with["content-type"] == ["application/json"])
        #expect(with["content-encoding"].isEmpty && with["content-language"].isEmpty)
        #expect(HeaderRules.forwarding(incoming(fields), hasBody: false)["content-type"].isEmpty)
    }

    @Test("proxying replaces Host and overwrites X-Forwarded-* and X-Azure-Functions-*")
    func proxying() throws {
        var fields: HTTPFields = [.userAgent: "curl/8", .contentEncoding: "gzip"]
        for name in ["X-Forwarded-Host", "X-Forwarded-For", "X-Forwarded-Proto", "X-Azure-Functions-InvocationId"] {
            fields.append(try field(name, "spoofed"))
        }
        let headers = HeaderRules.proxying(incoming(fields), port: 5_000)
        #expect(headers["host"] == ["127.0.0.1:5000"])
        #expect(headers["x-forwarded-host"] == ["shop.example"])
        #expect(headers["x-forwarded-for"] == ["10.0.0.9"])
        #expect(headers["x-forwarded-proto"] == ["http"])
        #expect(headers["x-azure-functions-invocationid"] == ["id-1"])
        #expect(headers["user-agent"] == ["curl/8"] && headers["content-encoding"] == ["gzip"])
    }

    @Test("an answer keeps every header but the connection's own, repeated ones included")
    func response() {
        let fields = HeaderRules.response([
            "Set-Cookie": "a=1", "set-cookie": "b=2", "Transfer-Encoding": "chunked", "Connection": "close",
            "ETag": "\"x\"",
        ])
        #expect(fields[values: .setCookie] == ["a=1", "b=2"])
        #expect(fields[.eTag] == "\"x\"" && fields[.transferEncoding] == nil && fields[.connection] == nil)
    }
}
