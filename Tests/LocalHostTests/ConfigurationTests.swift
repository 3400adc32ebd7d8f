import Foundation
import Testing

@testable import LocalHost

@Suite("JSON with comments")
struct JSONTests {
    @Test("comments go, strings that look like comments stay, line numbers stay")
    func comments() throws {
        let text = """
            // first
            { "a": "http://x/*y*/", /* two
            lines */ "b": "quote \\" // no comment", "c": 1 } // end
            """
        let value = try JSONValue(parsingWithComments: text)
        #expect(value == ["a": "http://x/*y*/", "b": "quote \" // no comment", "c": 1])
        let cleaned = JSONComments.removed(from: Array(text.utf8))
        #expect(cleaned.filter { $0 == UInt8(ascii: "\n") }.count == 2)
    }

    @Test(
        "numbers, nesting, null and single values",
        arguments: ["5", "-1.5", "null", "\"x\"", "[1,{\"a\":[]}]", "true"]
    )
    func values(_ text: String) throws {
        #expect(try JSONValue(parsing: text.utf8).text == text)
    }

    @Test("what is not JSON is an error, never a value", arguments: ["", "{", "{'a':1}", "{\"a\":}", "{} {}", "nul"])
    func malformed(_ text: String) {
        #expect(throws: JSONValueError.self) { try JSONValue(parsing: text.utf8) }
    }

    @Test(
        "the first fault is named with its line, its column and what is wrong",
        arguments: [
            ("", "line 1, column 1: a value is missing at the end"),
            ("{\n  \"a\": 1,\n}", "line 3, column 1: a name in double quotes is expected, not '}'"),
            ("{\"a\": 1\n \"b\": 2}", "line 2, column 2: ',' or '}' is expected, not '\"'"),
            ("{\"a\" 1}", "line 1, column 6: ':' is expected, not '1'"),
            ("[1, 2", "line 1, column 6: ',' or ']' is missing at the end"),
            ("[\"ä\", ü]", "line 1, column 7: a value is expected, not 'ü'"),
            ("[\"ä\" /* ö */ x]", "line 1, column 14: ',' or ']' is expected, not 'x'"),
            ("[\"a\nb\"]", "line 1, column 2: the string that begins here does not end on its line"),
            ("[\"a", "line 1, column 2: the string that begins here has no end"),
            ("[\"a\\x\"]", "line 1, column 5: an escape such as \\n is expected, not 'x'"),
            ("[\"\\u12g4\"]", "line 1, column 7: a hexadecimal digit is expected, not 'g'"),
            ("[01]", "line 1, column 3: ',' or ']' is expected, not '1'"),
            ("[1.]", "line 1, column 4: a digit is expected, not ']'"),
            ("{} {}", "line 1, column 4: the end of the text is expected, not '{'"),
            ("[tru]", "line 1, column 2: a value is expected, not 't'"),
        ]
    )
    func faults(_ text: String, _ words: String) {
        let error = #expect(throws: JSONValueError.self) { try JSONValue(parsingWithComments: text) }
        #expect(error?.message == words)
    }

    @Test(
        "what is JSON, a byte order mark before it or not, has no fault and a value",
        arguments: ["[]", "{}", " {\"a\": [1, -0.5e+3, \"\\u00e4\\n\", null]}\n", "0", "\"ä\""]
    )
    func noFault(_ text: String) throws {
        let value = try JSONValue(parsing: text.utf8)
        #expect(try JSONValue(parsingWithComments: "\u{FEFF}" + text) == value)
    }
}

@Suite("TimeSpan")
struct TimeSpanTests {
    @Test("forms of .NET")
    func forms() {
        #expect(TimeSpan.parse("00:30:00") == .seconds(1_800))
        #expect(TimeSpan.parse("00:00:00.25") == .milliseconds(250))
        #expect(TimeSpan.parse("1.02:03:04") == .seconds(93_784))
        #expect(TimeSpan.parse("2:30") == .seconds(9_000))
        #expect(TimeSpan.parse("-00:00:01") == .seconds(-1))
        #expect(TimeSpan.parse("7") == .seconds(604_800))
    }

    @Test("no TimeSpan", arguments: ["", "24:00:00", "00:60:00", "00:00:60", "1:2:3:4", "x", "00:00:00.12345678", "-"])
    func refused(_ text: String) {
        #expect(TimeSpan.parse(text) == nil)
    }
}

@Suite("Configuration")
struct ConfigurationTests {
    private func store(_ hostJSON: JSONValue, _ environment: [String: String] = [:]) -> ConfigurationStore {
        ConfigurationStore(hostJSON: hostJSON, environment: environment)
    }

    @Test("host.json lies under AzureFunctionsJobHost, keys ignore case, arrays have indexes")
    func flattening() {
        let store = store(["extensions": ["shop": ["schedule": "0 * * * * *"]], "list": ["a", ["b": true]]])
        #expect(store["azurefunctionsjobhost:EXTENSIONS:shop:schedule"] == "0 * * * * *")
        #expect(store[host: "list:1:b"] == "True")
    }

    @Test("the environment wins, with __ for :, whatever its case")
    func override() {
        let store = store(
            ["extensions": ["shop": ["schedule": "old"]]],
            ["azurefunctionsjobhost__Extensions__Shop__Schedule": "new"]
        )
        #expect(store["AzureFunctionsJobHost:extensions:shop:schedule"] == "new")
    }

    @Test("%…% takes everything between the signs as the key, several times")
    func resolution() throws {
        let resolver = NameResolver(
            configuration: store(["a": ["b": "5"]], ["Seconds": "0", "NESTED__KEY": "x"])
        )
        #expect(try resolver.resolve("%SECONDS% */%AzureFunctionsJobHost:a:b% * * * *") == "0 */5 * * * *")
        #expect(try resolver.resolve("plain") == "plain")
        // The environment's `__` is gone once read, so it does not resolve under its own name.
        #expect(throws: ResolutionError.self) { try resolver.resolve("%NESTED__KEY%") }
        #expect(throws: ResolutionError.self) { try resolver.resolve("%missing%") }
        #expect(throws: ResolutionError.self) { try resolver.resolve("50%") }
    }

    @Test("host.json's defaults are the host's")
    func defaults() throws {
        let minimal: JSONValue = ["customHandler": ["description": ["defaultExecutablePath": "handler"]]]
        let host = try HostConfiguration(store(minimal), environment: [:])
        #expect(host.functionTimeout == .seconds(1_800) && host.initializationTimeout == .seconds(30))
        #expect(host.routePrefix == "api" && !host.forwardsHTTP && !host.proxiesHTTP && host.fixedPort == nil)
    }

    @Test("host.json's values and overrides are read, arguments fall apart at blanks")
    func values() throws {
        let json: JSONValue = [
            "functionTimeout": "00:05:00",
            "customHandler": [
                "description": [
                    "defaultExecutablePath": "%BIN%/handler", "arguments": ["serve", "--name %WHO%", "%UNKNOWN%"],
                    "defaultWorkerPath": "my app",
                ],
                "enableForwardingHttpRequest": true,
            ],
            "extensions": ["http": ["routePrefix": "/v1/"]],
        ]
        let environment = [
            "BIN": "bin", "WHO": "a b", "AzureFunctionsJobHost__functionTimeout": "-1",
            "AzureFunctionsJobHost__customHandler__enableProxyingHttpRequest": "True",
        ]
        let host = try HostConfiguration(store(json, environment), environment: environment)
        #expect(host.executable == "bin/handler")
        #expect(host.arguments == ["serve", "--name", "a", "b", "my app"])
        #expect(host.functionTimeout == nil && host.proxiesHTTP && host.forwardsHTTP && host.routePrefix == "v1")
    }

    @Test("arguments can be replaced by a JSON array in one setting")
    func argumentsOverride() throws {
        let json: JSONValue = [
            "customHandler": ["description": ["defaultExecutablePath": "handler", "arguments": ["a", "b", "c"]]]
        ]
        let environment = ["AzureFunctionsJobHost__customHandler__description__arguments": #"["x"]"#]
        #expect(try HostConfiguration(store(json, environment), environment: environment).arguments == ["x"])
    }

    @Test(
        "what the real host refuses is refused",
        arguments: [
            [:], ["customHandler": ["description": ["defaultExecutablePath": ""]]],
            ["customHandler": ["description": ["defaultExecutablePath": "h"], "http": ["routes": [["route": "x"]]]]],
            ["functionTimeout": "00:00:00", "customHandler": ["description": ["defaultExecutablePath": "h"]]],
            ["functionTimeout": "soon", "customHandler": ["description": ["defaultExecutablePath": "h"]]],
            ["customHandler": ["description": ["defaultExecutablePath": "h"], "enableProxyingHttpRequest": "maybe"]],
        ] as [JSONValue]
    )
    func refused(_ json: JSONValue) {
        #expect(throws: HostFailure.self) { try HostConfiguration(store(json), environment: [:]) }
    }

    @Test(
        "a local.settings.json that is no object, or whose Values is none, is refused",
        arguments: [
            ("[]", "must be a JSON object"), ("5", "must be a JSON object"),
            (#"{"Values": []}"#, "Values must be an object"),
            (#"{"values": "x"}"#, "Values must be an object"), (#"{"Values": null}"#, "Values must be an object"),
            ("{\n  \"Values\": {,}}", "local.settings.json is not JSON: line 2, column 14: a name in double quotes"),
        ]
    )
    func noObject(_ text: String, _ words: String) {
        let failure = #expect(throws: HostFailure.self) { try LocalSettings(parsing: text) }
        #expect(failure?.message.contains(words) == true, "\(failure?.message ?? "")")
    }

    @Test("local settings: real variables win, strings only, nothing encrypted")
    func localSettings() throws {
        let settings = try LocalSettings(
            parsing:
                #"{"IsEncrypted": false, "Values": {"A": "file", "B": "file"}, "Host": {"LocalHttpPort": 7075}} // x"#
        )
        #expect(settings.merged(over: ["A": "real"]) == ["A": "real", "B": "file"])
        #expect(settings.hidden(by: ["A": "real"]) == ["A"])
        #expect(settings.httpPort == 7_075)
        for text in ["[", #"{"IsEncrypted": true}"#, #"{"Values": {"A": 5}}"#, #"{"Host": {"LocalHttpPort": "x"}}"#] {
            #expect(throws: HostFailure.self) { try LocalSettings(parsing: text) }
        }
    }

    @Test("a relative executable is looked for under the script root, a bare name on PATH after that")
    func command() throws {
        let folder = try TemporaryFolder()
        try folder.write("bin/handler", "#!/bin/sh\n", executable: true)
        try folder.write("plain", "")
        var host = HostConfiguration()
        host.executable = "bin/handler"
        let found = try HandlerCommand(host, scriptRoot: folder.url, environment: [:])
        #expect(found.executable == folder.url.path + "/bin/handler" && found.directory == folder.url.path)
        host.executable = "sh"
        #expect(try HandlerCommand(host, scriptRoot: folder.url, environment: ["PATH": "/bin"]).executable == "/bin/sh")
        for name in ["plain", "bin/missing", "no-such-program"] {
            host.executable = name
            #expect(throws: HostFailure.self) {
                try HandlerCommand(host, scriptRoot: folder.url, environment: ["PATH": "/bin"])
            }
        }
    }
}
