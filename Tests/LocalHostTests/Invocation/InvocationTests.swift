import Foundation
import HTTPTypes
import Testing
import TextFormats

@testable import LocalHost

@Suite("Encoding of values")
struct InvocationBodyTests {
    @Test("strings are JSON text inside a string")
    func encodings() throws {
        #expect(InvocationBody.encoded("abc") == .string(#""abc""#))
        #expect(InvocationBody.encoded(#"{"a":"b"}"#) == .string(#""{\"a\":\"b\"}""#))
    }

    @Test("Metadata drops keys that end in trigger; Data keeps everything")
    func metadata() {
        let body = InvocationBody(
            data: ["job": .string("x")],
            metadata: ["QueueTrigger": .string("x"), "ID": .string("1"), "triggers": .string("2")]
        )
        #expect(body.json["Metadata"]?.object?.keys.sorted() == ["ID", "triggers"])
        #expect(body.json["Data"] == ["job": "x"])
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
        let response = try #require(HTTPOutput.reply(result, name: "res"))
        #expect(response.status.code == 201 && response.fields[.location] == "/x")
        #expect(response.fields[.contentType] == "text/plain; charset=utf-8")
    }

    @Test("a missing output is 200, any other value than an object fails")
    func others() throws {
        #expect(HTTPOutput.reply(InvocationResult(), name: "res")?.status.code == 200)
        #expect(HTTPOutput.reply(InvocationResult(outputs: ["res": "text"]), name: "res") == nil)
        #expect(
            HTTPOutput.reply(InvocationResult(outputs: ["Res": ["statusCode": 500]]), name: "res")?.status.code
                == 200
        )
        #expect(
            HTTPOutput.reply(InvocationResult(returnValue: ["status": 204]), name: "$return")?.status.code == 204
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

    private func values(_ fields: HTTPFields, _ name: String) throws -> [String] {
        fields[values: try #require(HTTPField.Name(name))]
    }

    @Test("forwarding appends the User-Agent and adds to the caller's own host headers")
    func forwarding() throws {
        var fields: HTTPFields = [.userAgent: "curl/8", .accept: "*/*", .connection: "keep-alive"]
        fields.append(try field("X-Azure-Functions-InvocationId", "spoofed"))
        fields.append(try field("X-Forwarded-For", "1.2.3.4"))
        let headers = HeaderRules.forwarding(incoming(fields), hasBody: false)
        #expect(headers[.userAgent] == "curl/8 Azure-Functions-Host/4.1037.0")
        #expect(try values(headers, "x-azure-functions-invocationid") == ["spoofed, id-1"])
        #expect(
            try values(headers, "x-forwarded-for") == ["1.2.3.4"],
            "forwarding adds no X-Forwarded-* and removes none"
        )
        #expect(headers[.connection] == nil && headers[.accept] == "*/*")
    }

    @Test("forwarding loses content headers, Content-Type stays with a body")
    func contentHeaders() {
        let fields: HTTPFields = [
            .contentType: "application/json", .contentEncoding: "gzip", .contentLength: "5", .contentLanguage: "en",
        ]
        let with = HeaderRules.forwarding(incoming(fields), hasBody: true)
        #expect(with[.contentType] == "application/json")
        #expect(with[.contentEncoding] == nil && with[.contentLanguage] == nil && with[.contentLength] == nil)
        #expect(HeaderRules.forwarding(incoming(fields), hasBody: false)[.contentType] == nil)
    }

    @Test("proxying overwrites X-Forwarded-* and X-Azure-Functions-*")
    func proxying() throws {
        var fields: HTTPFields = [.userAgent: "curl/8", .contentEncoding: "gzip"]
        for name in ["X-Forwarded-Host", "X-Forwarded-For", "X-Forwarded-Proto", "X-Azure-Functions-InvocationId"] {
            fields.append(try field(name, "spoofed"))
        }
        let headers = HeaderRules.proxying(incoming(fields))
        #expect(try values(headers, "x-forwarded-host") == ["shop.example"])
        #expect(try values(headers, "x-forwarded-for") == ["10.0.0.9"])
        #expect(try values(headers, "x-forwarded-proto") == ["http"])
        #expect(try values(headers, "x-azure-functions-invocationid") == ["id-1"])
        #expect(headers[.userAgent] == "curl/8" && headers[.contentEncoding] == "gzip")
    }

    @Test("an answer keeps every header but the connection's own, repeated ones included")
    func response() {
        var answer: HTTPFields = [.transferEncoding: "chunked", .connection: "close", .eTag: "\"x\""]
        answer.append(HTTPField(name: .setCookie, value: "a=1"))
        answer.append(HTTPField(name: .setCookie, value: "b=2"))
        let fields = HeaderRules.response(answer)
        #expect(fields[values: .setCookie] == ["a=1", "b=2"])
        #expect(fields[.eTag] == "\"x\"" && fields[.transferEncoding] == nil && fields[.connection] == nil)
    }
}
