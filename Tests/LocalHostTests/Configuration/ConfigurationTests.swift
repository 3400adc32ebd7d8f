import Foundation
import Logging
import Testing
import TextFormats

@testable import LocalHost

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
        let resolver = store(["a": ["b": "5"]], ["Seconds": "0", "NESTED__KEY": "x"])
        #expect(try resolver.resolve("%SECONDS% */%AzureFunctionsJobHost:a:b% * * * *") == "0 */5 * * * *")
        #expect(try resolver.resolve("plain") == "plain")
        // The environment's `__` is gone once read, so it does not resolve under its own name.
        #expect(throws: FunctionFault.self) { try resolver.resolve("%NESTED__KEY%") }
        #expect(throws: FunctionFault.self) { try resolver.resolve("%missing%") }
        #expect(throws: FunctionFault.self) { try resolver.resolve("50%") }
    }

    @Test("host.json's defaults are the host's")
    func defaults() throws {
        let minimal: JSONValue = [
            "customHandler": ["description": ["defaultExecutablePath": "handler"], "enableForwardingHttpRequest": true]
        ]
        let host = try HostConfiguration(store(minimal), environment: [:])
        #expect(host.functionTimeout == .seconds(1_800) && host.initializationTimeout == .seconds(30))
        #expect(host.routePrefix == "api" && !host.proxiesHTTP && host.fixedPort == nil)
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
            "customHandler": [
                "description": ["defaultExecutablePath": "handler", "arguments": ["a", "b", "c"]],
                "enableProxyingHttpRequest": true,
            ]
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
            ["customHandler": ["description": ["defaultExecutablePath": "h"]]],
            ["customHandler": ["description": ["defaultExecutablePath": "h"], "enableForwardingHttpRequest": false]],
        ] as [JSONValue]
    )
    func refused(_ json: JSONValue) {
        #expect(throws: HostFailure.self) { try HostConfiguration(store(json), environment: [:]) }
    }

    @Test(
        "a local.settings.json that func start would not take is refused with the reason",
        arguments: [
            ("[]", "must be a JSON object"), ("5", "must be a JSON object"),
            (#"{"IsEncrypted": false, "Values": []}"#, "Values must be an object"),
            (#"{"isEncrypted": false, "values": "x"}"#, "Values must be an object"),
            (#"{"IsEncrypted": false, "Values": null}"#, "Values must be an object"),
            (#"{"IsEncrypted": false, "Values": {"A": [5]}}"#, "Values.A must be a string, not [5]"),
            (#"{"Values": {}}"#, #"does not say "IsEncrypted": false"#),
            (#"{"IsEncrypted": true}"#, #"does not say "IsEncrypted": false"#),
            ("{\n  \"Values\": {,}}", "local.settings.json is not JSON: a member name in double quotes should be here"),
        ]
    )
    func refusedSettings(_ text: String, _ words: String) {
        let failure = #expect(throws: HostFailure.self) { try LocalSettings(parsing: text) }
        #expect(failure?.message.contains(words) == true, "\(failure?.message ?? "")")
    }

    @Test("local settings: real variables win, numbers and booleans become text, a null sets nothing")
    func localSettings() throws {
        let settings = try LocalSettings(
            parsing:
                #"{"IsEncrypted": false, "Values": {"A": "file", "B": "file"}, "Host": {"LocalHttpPort": 7075}} // x"#
        )
        #expect(settings.merged(over: ["A": "real"]) == ["A": "real", "B": "file"])
        #expect(settings.hidden(by: ["A": "real"]) == ["A"])
        #expect(settings.httpPort == 7_075)
        let text = #"{"IsEncrypted": false, "Values": {"A": 5, "B": 0.5, "C": true, "D": null, "E": "x"}}"#
        #expect(try LocalSettings(parsing: text).values == ["A": "5", "B": "0.5", "C": "true", "E": "x"])
        for text in ["[", #"{"IsEncrypted": false, "Host": {"LocalHttpPort": "x"}}"#] {
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

    @Test("the time zone: WEBSITE_TIME_ZONE, else TZ, else the machine's, else UTC")
    func timeZone() throws {
        let folder = try TemporaryFolder()
        try folder.write("zoneinfo/Europe/Berlin", "")
        let machine = folder.url.appendingPathComponent("localtime").path
        func zone(_ environment: [String: String]) throws -> String {
            try HostApp.timeZone(environment, machineZone: machine, logger: Logger(label: "test")).identifier
        }
        #expect(try zone([:]) == "GMT")
        try FileManager.default.createSymbolicLink(
            atPath: machine,
            withDestinationPath: folder.url.appendingPathComponent("zoneinfo/Europe/Berlin").path
        )
        #expect(try zone([:]) == "Europe/Berlin")
        #expect(try zone(["TZ": ":\(machine)"]) == "Europe/Berlin")
        #expect(try zone(["TZ": "America/Los_Angeles"]) == "America/Los_Angeles")
        #expect(try zone(["TZ": "CET-1CEST"]) == "GMT", "what is set and unreadable does not mean the machine's zone")
        #expect(try zone(["TZ": "America/Los_Angeles", "WEBSITE_TIME_ZONE": "Asia/Tokyo"]) == "Asia/Tokyo")
    }
}
