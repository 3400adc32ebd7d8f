import Foundation
import Testing
import TextFormats

@testable import LocalHost

@Suite("function.json")
struct FunctionLoaderTests {
    private func load(
        _ text: String,
        name: String = "Tick",
        hostJSON: JSONValue = [:],
        environment: [String: String] = [:]
    ) -> FunctionDefinition {
        FunctionLoader(configuration: ConfigurationStore(hostJSON: hostJSON, environment: environment), zone: .gmt)
            .parse(name: name, text: text)
    }

    private func fault(_ function: FunctionDefinition) -> String? {
        if case .failed(let reason) = function.state { reason } else { nil }
    }

    @Test("a function.json that is not JSON is named with the place of its fault")
    func malformed() throws {
        let functions = FunctionLoader(configuration: ConfigurationStore(hostJSON: [:], environment: [:]), zone: .gmt)
        let broken = functions.parse(name: "Tick", text: "{\n  \"bindings\": [\n")
        guard case .failed(let reason) = broken.state else {
            Issue.record("it is not in error")
            return
        }
        #expect(reason == "Tick/function.json is not JSON: the text ends where a value should be at line 3, column 1")
    }

    @Test("a timer's schedule is resolved from host.json and overridden by the environment")
    func timer() throws {
        let text =
            #"{"bindings":[{"type":"timerTrigger","direction":"in","name":"t","schedule":"%AzureFunctionsJobHost:a:b%"}]}"#
        let host: JSONValue = ["a": ["b": "0 0 3 * * *"]]
        let trigger = try #require(load(text, hostJSON: host).timerTrigger)
        #expect(trigger.scheduleText == "0 0 3 * * *" && trigger.isMonitored && !trigger.runOnStartup)
        let overridden = load(text, hostJSON: host, environment: ["AZUREFUNCTIONSJOBHOST__A__B": "0 0 4 * * *"])
        #expect(overridden.timerTrigger?.scheduleText == "0 0 4 * * *")
    }

    @Test(
        "a timer is not monitored when the host, at its start, sees two occurrences within the next minute",
        arguments: [
            ("*/30 * * * * *", "2026-03-01T10:00:10Z", false), ("0 * * * * *", "2026-03-01T10:00:10Z", true),
            ("*/30 * 8 * * *", "2026-03-01T10:00:10Z", true), ("*/30 * 8 * * *", "2026-03-01T08:20:10Z", false),
            ("*/30 * 8 * * *", "2026-03-01T07:59:40Z", false), ("*/30 * 8 * * *", "2026-03-01T07:59:20Z", true),
            ("00:00:59", "2026-03-01T10:00:10Z", false), ("00:01:00", "2026-03-01T10:00:10Z", true),
        ]
    )
    func monitoring(_ schedule: String, _ start: String, _ isMonitored: Bool) throws {
        let text = #"{"bindings":[{"type":"timerTrigger","name":"t","schedule":"\#(schedule)"}]}"#
        var loader = FunctionLoader(configuration: ConfigurationStore(hostJSON: [:], environment: [:]), zone: .gmt)
        loader.now = try #require(try HostDate.date(start))
        #expect(loader.parse(name: "Tick", text: text).timerTrigger?.isMonitored == isMonitored)
        let off = text.replacing(#""name""#, with: #""useMonitor":false,"name""#)
        #expect(loader.parse(name: "Tick", text: off).timerTrigger?.isMonitored == false)
    }

    @Test("an unresolved key puts only its own function into error, with the key in the message")
    func unresolved() throws {
        let folder = try TemporaryFolder()
        try folder.write(
            "Broken/function.json",
            #"{"bindings":[{"type":"timerTrigger","name":"t","schedule":"%NO_SUCH_KEY%"}]}"#
        )
        try folder.write(
            "Works/function.json",
            #"{"bindings":[{"type":"timerTrigger","name":"t","schedule":"0 0 3 * * *"}]}"#
        )
        try folder.write("NoFunction/readme.txt", "")
        let functions = FunctionLoader(configuration: ConfigurationStore(hostJSON: [:], environment: [:]), zone: .gmt)
            .load(scriptRoot: folder.url)
        #expect(functions.map(\.name) == ["Broken", "Works"])
        #expect(fault(functions[0])?.contains("NO_SUCH_KEY") == true)
        #expect(functions[1].timerTrigger != nil)
    }

    @Test("an HTTP function is forwarded only with one http output and nothing else")
    func forwardable() throws {
        let plain =
            #"{"bindings":[{"type":"httpTrigger","name":"q","authLevel":"anonymous"},{"type":"http","direction":"out","name":"r"}]}"#
        let extra = plain.replacing(
            "]}",
            with: #",{"type":"queue","direction":"out","name":"jobs","queueName":"Jobs"}]}"#
        )
        let trigger = try #require(load(plain, name: "Api").httpTrigger)
        #expect(trigger.isForwardable && trigger.outputName == "r" && trigger.methods == nil)
        #expect(trigger.route.text == "Api", "the route defaults to the function's name")
        let other = load(extra, environment: Self.storage)
        #expect(other.httpTrigger?.isForwardable == false)
        #expect(other.queueOutputs.map(\.queue.text) == ["jobs"] && other.undeliveredOutputs.isEmpty)
        let alone = #"{"bindings":[{"type":"httpTrigger","name":"q"}]}"#
        #expect(load(alone).httpTrigger?.isForwardable == false)
        #expect(load(alone).httpTrigger?.authorization == .function)
    }

    @Test("a trigger that LocalHost does not know is reported, not ignored")
    func unknownTrigger() {
        let function = load(#"{"bindings":[{"type":"blobTrigger","name":"job","path":"x"}]}"#)
        guard case .undelivered(let type) = function.state else {
            Issue.record("state is \(function.state)")
            return
        }
        #expect(type == "blobTrigger")
    }

    private static let storage = ["AzureWebJobsStorage": "UseDevelopmentStorage=true"]

    @Test("a queue trigger has its queue, its name in lower case and resolved by the configuration")
    func queue() {
        let text = #"{"bindings":[{"type":"queueTrigger","name":"job","queueName":"Score-%WHO%","connection":"Shop"}]}"#
        let function = load(text, environment: ["Shop__queueServiceUri": "https://a", "WHO": "Users"])
        let trigger = function.queueTrigger
        #expect(trigger?.queue.text == "score-users" && trigger?.bindingName == "job" && trigger?.isBinary == false)
        let binary = #"{"bindings":[{"type":"queueTrigger","name":"job","queueName":"jobs","dataType":"binary"}]}"#
        #expect(load(binary, environment: Self.storage).queueTrigger?.isBinary == true)
    }

    @Test(
        "a queue binding with a fault puts its function into error and names what is wrong",
        arguments: [
            (#"{"type":"queueTrigger","name":"job"}"#, "binding 'job' has no queueName"),
            (#"{"type":"queueTrigger","name":"job","queueName":"jobs","direction":"out"}"#, "direction must be in"),
            (#"{"type":"queueTrigger","name":"job","queueName":"ab"}"#, "'ab' is not a queue name"),
            (#"{"type":"queueTrigger","name":"job","queueName":"my_jobs"}"#, "'my_jobs' is not a queue name"),
            (#"{"type":"queueTrigger","name":"job","queueName":"a--b"}"#, "3 to 63 lower-case letters"),
            (#"{"type":"queueTrigger","name":"job","queueName":"-jobs"}"#, "'-jobs' is not a queue name"),
            (#"{"type":"queueTrigger","name":"job","queueName":"%GONE%"}"#, "'%GONE%' does not resolve"),
            (#"{"type":"queueTrigger","name":"job","queueName":"jobs-{id}"}"#, "no binding expression"),
            (#"{"type":"queueTrigger","name":"job","queueName":"jobs","dataType":"stream"}"#, "not stream"),
            (
                #"{"type":"queueTrigger","name":"job","queueName":"jobs","connection":"Gone"}"#,
                "connection Gone is not set"
            ),
            (
                #"{"type":"timerTrigger","name":"t","schedule":"0 0 3 * * *"},{"type":"queue","name":"out","queueName":"jobs"}"#,
                "binding 'out': a queue binding's direction must be out"
            ),
        ]
    )
    func queueFaults(_ bindings: String, _ words: String) {
        let function = load(#"{"bindings":[\#(bindings)]}"#, environment: Self.storage)
        #expect(fault(function)?.contains(words) == true, "\(function.state)")
    }

    @Test("retry policies")
    func retry() throws {
        let timer = #""bindings":[{"type":"timerTrigger","name":"t","schedule":"0 0 3 * * *"}]"#
        let fixed = load(
            "{\(timer),\"retry\":{\"strategy\":\"fixedDelay\",\"maxRetryCount\":2,\"delayInterval\":\"00:01:00\"}}"
        )
        #expect(fixed.retry == FunctionRetryPolicy(strategy: .fixedDelay(.seconds(60)), maximumRetries: 2))
        let growing = try #require(
            load(
                "{\(timer),\"retry\":{\"strategy\":\"exponentialBackoff\",\"maxRetryCount\":-1,"
                    + "\"minimumInterval\":\"00:00:05\",\"maximumInterval\":\"00:01:00\"}}"
            ).retry
        )
        #expect(growing.maximumRetries == nil)
        #expect((1...6).map { growing.delay(before: $0) } == [5, 10, 20, 40, 60, 60].map { .seconds($0) })
        #expect(fault(load("{\(timer),\"retry\":{\"strategy\":\"fixedDelay\",\"maxRetryCount\":2}}")) != nil)
    }

    @Test(
        "faults of one function",
        arguments: [
            "{", "{}", #"{"bindings":[]}"#, #"{"bindings":[{"type":"http","direction":"out","name":"r"}]}"#,
            #"{"bindings":[{"type":"timerTrigger","name":"t"}]}"#,
            #"{"bindings":[{"type":"timerTrigger","name":"t","schedule":"0 0 99 * * *"}]}"#,
            #"{"bindings":[{"type":"timerTrigger","name":"my_timer","schedule":"0 0 3 * * *"}]}"#,
            #"{"bindings":[{"type":"timerTrigger","name":"1t","schedule":"0 0 3 * * *"}]}"#,
            #"{"bindings":[{"type":"httpTrigger","name":"q","authLevel":"nobody"}]}"#,
            #"{"bindings":[{"type":"httpTrigger","name":"q","route":"a/{*rest}/b"}]}"#,
            #"{"bindings":[{"type":"httpTrigger","name":"q"},{"type":"http","direction":"out","name":"Q"}]}"#,
            #"{"bindings":[{"type":"httpTrigger","name":"q"},{"type":"timerTrigger","name":"t","schedule":"0 0 3 * * *"}]}"#,
        ]
    )
    func faults(_ text: String) {
        #expect(fault(load(text)) != nil)
    }

    @Test("functions are switched off by setting or by function.json")
    func disabled() {
        let text = #"{"bindings":[{"type":"timerTrigger","name":"t","schedule":"0 0 3 * * *"}]}"#
        for environment in [["AzureWebJobs.Tick.Disabled": "true"], ["AzureWebJobs_Tick_Disabled": "1"]] {
            guard case .disabled = load(text, environment: environment).state else {
                Issue.record("not disabled by \(environment)")
                continue
            }
        }
        guard case .disabled = load(text.replacing("{\"bindings", with: "{\"disabled\":true,\"bindings")).state else {
            Issue.record("not disabled by function.json")
            return
        }
    }

    @Test("the project's own host.json and functions load")
    func project() throws {
        let root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        // The queue's connection.
        let environment = ["AzureWebJobsStorage": "UseDevelopmentStorage=true"]
        let store = try HostConfiguration.store(scriptRoot: root, environment: environment)
        let host = try HostConfiguration(store, environment: environment)
        #expect(host.proxiesHTTP && host.forwardsHTTP && host.routePrefix == "api")
        #expect(host.functionTimeout == .seconds(1_800) && host.executable == ".build/release/FunctionHandler")

        let functions = FunctionLoader(configuration: store, zone: .gmt).load(scriptRoot: root)
        let batch = try #require(functions.first { $0.name == "GenerateRecommendations" })
        #expect(batch.timerTrigger?.scheduleText == "0 */5 * * * *")
        #expect(batch.timerTrigger?.bindingName == "timer")
        let scoring = try #require(functions.first { $0.name == "ScoreUsers" })
        #expect(scoring.queueTrigger?.bindingName == "message")
        let api = try #require(functions.first { $0.name == "HttpApi" })
        #expect(api.httpTrigger?.isForwardable == true && api.httpTrigger?.authorization == .anonymous)
        #expect(api.httpTrigger?.methods == ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])

        let sample = try String(contentsOf: root.appendingPathComponent("local.settings.sample.json"), encoding: .utf8)
        let settings = try LocalSettings(parsing: sample)
        #expect(settings.values["AzureWebJobsStorage"] == "UseDevelopmentStorage=true")
        #expect((settings.values["ADMIN_API_KEY"] ?? "").count >= 16)
    }
}

@Suite("Routes")
struct RouteTests {
    private func table(_ routes: [String: String], prefix: String = "api", methods: Set<String>? = nil) throws
        -> FunctionRouteTable
    {
        let functions = try routes.map { name, route in
            FunctionDefinition(
                name: name,
                state: .ready(
                    .http(
                        HTTPTrigger(
                            bindingName: "q",
                            route: try RouteTemplate(route),
                            methods: methods,
                            authorization: .anonymous,
                            isForwardable: true,
                            outputName: "r"
                        )
                    )
                )
            )
        }
        return FunctionRouteTable(functions: functions, prefix: prefix)
    }

    private func hit(_ table: FunctionRouteTable, _ target: String, method: String = "GET") -> String? {
        table.match(path: RequestPath(target), method: method).map { match in
            ([match.function.name] + match.values.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" })
                .joined(separator: " ")
        }
    }

    @Test("a catch-all takes the rest of the path, slashes and all, and an empty rest")
    func catchAll() throws {
        let table = try table(["Api": "{*path}"])
        #expect(hit(table, "/api/users/u%201/lists?x=1") == "Api path=users/u 1/lists")
        #expect(hit(table, "/API") == "Api path=")
        #expect(hit(table, "/api/") == "Api path=")
        #expect(hit(table, "/other") == nil)
        #expect(hit(table, "/") == nil)
    }

    @Test(
        "nobody climbs out of the prefix",
        arguments: ["/api/../Tick", "/api/%2e%2e/Tick", "/api/x/.%2E/../../Tick", "/Tick"]
    )
    func climbing(_ target: String) throws {
        #expect(hit(try table(["Api": "{*path}"]), target) == nil)
        #expect(RequestPath(target).path == "/Tick")
    }

    @Test("the most specific route wins: literal, constrained, plain, catch-all")
    func precedence() throws {
        let table = try table([
            "Rest": "{*path}", "User": "users/{id}", "Number": "users/{id:int}", "Me": "users/me", "Root": "users",
        ])
        #expect(hit(table, "/api/users/me") == "Me")
        #expect(hit(table, "/api/Users/ME") == "Me")
        #expect(hit(table, "/api/users/7") == "Number id=7")
        #expect(hit(table, "/api/users/u7") == "User id=u7")
        #expect(hit(table, "/api/users") == "Root")
        #expect(hit(table, "/api/users/7/x") == "Rest path=users/7/x")
    }

    @Test("optional parameters and an empty prefix")
    func optional() throws {
        let table = try table(["List": "list/{page:int?}"], prefix: "")
        #expect(hit(table, "/list") == "List")
        #expect(hit(table, "/list/3") == "List page=3")
        #expect(hit(table, "/list/x") == nil)
    }

    @Test("a method that is not listed is not found")
    func methods() throws {
        let table = try table(["Api": "{*path}"], methods: ["GET"])
        #expect(hit(table, "/api/x") != nil)
        #expect(hit(table, "/api/x", method: "POST") == nil)
    }
}

@Suite("Request paths")
struct RequestPathTests {
    @Test("dot segments go, other encodings stay")
    func normalising() {
        #expect(RequestPath("/a/./b/../c%2Fd/%7e?q=../x").target == "/a/c%2Fd/%7e?q=../x")
        #expect(RequestPath("/a/b/..").path == "/a/")
        #expect(RequestPath("/../../x").path == "/x")
        #expect(RequestPath("http://host:1/a?b#c").target == "/a?b")
        #expect(RequestPath("").path == "/")
    }

    @Test("repeated query keys are joined by commas, case ignored, order kept")
    func query() {
        let items = RequestPath("/?b=2&a=1&B=3&flag&e=a%20b+c").joinedQueryItems
        #expect(items.map { "\($0.name)=\($0.value)" } == ["b=2,3", "a=1", "flag=", "e=a b c"])
    }
}
