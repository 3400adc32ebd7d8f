import Foundation
import HTTPTypes
import TestSupport
import Testing
import TextFormats

@testable import LocalHost

@Suite("Supervising the handler")
struct SupervisionTests {
    @Test("the handler gets its five variables, the settings, its arguments and the script root as directory")
    func environment() async throws {
        let folder = try ScriptedHandler.app(arguments: ["serve", "--fast"])
        try await RunningHost.with(folder, change: { $0.environment["GREETING"] = "real" }) { host in
            try await host.waitUntilReady()
            // The file stands in the script root because the handler wrote it to its working directory.
            let lines = try #require(folder.read("environment")).split(separator: "\n").map {
                $0.split(separator: "=", maxSplits: 1)
            }
            let values = Dictionary(lines.map { (String($0[0]), $0.count > 1 ? String($0[1]) : "") }) { first, _ in
                first
            }
            let port = try await host.status()["handler"]?["port"]?.integer.map(String.init)
            #expect(values["FUNCTIONS_CUSTOMHANDLER_PORT"] == port && values["FUNCTIONS_HTTPWORKER_PORT"] == port)
            #expect(UUID(uuidString: values["FUNCTIONS_CUSTOMHANDLER_WORKER_ID"] ?? "") != nil)
            #expect(values["FUNCTIONS_HTTPWORKER_ID"] == values["FUNCTIONS_CUSTOMHANDLER_WORKER_ID"])
            #expect(values["FUNCTIONS_APP_ROOT_PATH"] == folder.url.path)
            #expect(values["GREETING"] == "real" && values["ARGUMENTS"] == "serve --fast")
            #expect(host.lines.contains("GREETING is set in the environment, which wins"))
        }
    }

    @Test("its lines are printed: plain, JSON in short, stderr as errors")
    func output() async throws {
        try await RunningHost.with(try ScriptedHandler.app()) { host in
            try await eventually("all lines") { host.lines.contains("complaint") && host.lines.contains("json line") }
            #expect(host.lines.contains("INFO  handler  plain line"))
            #expect(host.lines.contains("WARN  handler  json line job_id=7"))
            #expect(host.lines.contains("ERROR handler  complaint"))
        }
    }

    @Test("calls that come before the handler listens wait for it")
    func lateListener() async throws {
        try await RunningHost.with(try ScriptedHandler.app(start: "late")) { host in
            #expect(ScriptedHandler.processes(in: host.folder).count <= 1)
            let reply = try await host.send(.get, "/api/x")
            #expect(reply.status == 200)
        }
    }

    @Test("any status of GET / means ready", arguments: [302, 404, 500, 503])
    func readyByAnyStatus(_ status: Int) async throws {
        try await RunningHost.with(try ScriptedHandler.app(start: "root:\(status)")) { host in
            try await host.waitUntilReady()
            try await host.expect(200, .get, "/api/x")
            #expect(try await host.status()["handler"]?["restarts"] == 0)
        }
    }

    @Test("AzureFunctionsJobHost__ settings of local.settings.json override host.json")
    func overrideThroughValues() async throws {
        let folder = try ScriptedHandler.app(
            settings: #","AzureFunctionsJobHost__extensions__http__routePrefix":"v1""#
        )
        try await RunningHost.with(folder) { host in
            try await host.waitUntilReady()
            try await host.expect(200, .get, "/v1/x")
            try await host.expect(404, .get, "/api/x")
        }
    }

    @Test("a TZ that is no zone's name is warned of and means UTC", arguments: ["UTC0", "CET-1CEST"])
    func unusableMachineZone(_ text: String) async throws {
        let folder = try ScriptedHandler.app()
        try await RunningHost.with(folder, change: { $0.environment["TZ"] = text }) { host in
            try await host.waitUntilReady()
            #expect(host.lines.contains("TZ='\(text)' is not the name of a time zone"))
        }
    }

    @Test("after exit code 0 the handler is never restarted and every call fails")
    func exitZero() async throws {
        let folder = try ScriptedHandler.app()
        try await RunningHost.with(folder) { host in
            try await host.waitUntilReady()
            try ScriptedHandler.next("exit:0", in: folder)
            let outcome = try await host.invoke("Tick")
            #expect(outcome["succeeded"] == false)
            try await eventually("the host sees the exit") { try await host.status()["state"] == "Error" }
            let later = try await host.invoke("Tick")
            #expect(later["error"]?.string?.contains("connection refused") == true)
            try await host.expect(500, .get, "/api/x")
            #expect(ScriptedHandler.processes(in: folder).count == 1)
        }
    }

    @Test("exit code 200 restarts as often as it likes, uncounted, on the same port")
    func exit200() async throws {
        let folder = try ScriptedHandler.app()
        try await RunningHost.with(folder) { host in
            try await host.waitUntilReady()
            let port = try await host.status()["handler"]?["port"]
            for round in 1...4 {
                try ScriptedHandler.next("exit:200", in: folder)
                _ = try await host.invoke("Tick")
                try await eventually("restart \(round)") {
                    let handler = try await host.status()["handler"]
                    return handler?["restarts"] == .integer(Int64(round)) && handler?["state"] == "ready"
                }
            }
            let handler = try await host.status()["handler"]
            #expect(handler?["strikes"] == 0 && handler?["port"] == port)
            try await host.expect(200, .get, "/api/x")
        }
    }

    @Test("the third error of the handler stops LocalHost with exit code 1 and the last error lines")
    func threeStrikes() async throws {
        let folder = try ScriptedHandler.app()
        let failure = try await RunningHost.run(folder) { host in
            for strike in 1...3 {
                try await eventually("process \(strike) is ready") {
                    let handler = try? await host.status()["handler"]
                    return handler?["restarts"] == .integer(Int64(strike - 1)) && handler?["state"] == "ready"
                }
                try ScriptedHandler.next("exit:\(strike)", in: folder)
                _ = try? await host.invoke("Tick")
            }
            try await eventually("LocalHost has gone") { (try? await host.status()) == nil }
        }
        let reason = try #require(failure)
        #expect(reason.exitCode == 1)
        #expect(reason.message.contains("3 errors") && reason.message.contains("exit code 3"))
        #expect(reason.message.contains("told to end"))
        #expect(ScriptedHandler.processes(in: folder).count == 3)
    }

    @Test("a handler that ends at once strikes three times, with its last three error lines")
    func crashLoop() async throws {
        let folder = try ScriptedHandler.app(start: "exit:9")
        let failure = try await RunningHost.run(folder) { host in
            try await eventually("LocalHost has gone") { (try? await host.status()) == nil }
        }
        #expect(failure?.message.contains("exit code 9; its last error lines: second | third | no database") == true)
        #expect(ScriptedHandler.processes(in: folder).count == 3)
    }

    @Test("a killed handler is restarted and counted; the call in flight fails")
    func killed() async throws {
        let folder = try ScriptedHandler.app()
        try await RunningHost.with(folder) { host in
            try await host.waitUntilReady()
            try ScriptedHandler.next("hang", in: folder)
            async let outcome = host.invoke("Tick")
            try await eventually("the call hangs") { folder.read("hanging") != nil }
            let process = try #require(ScriptedHandler.processes(in: folder).first)
            #expect(kill(process, SIGKILL) == 0)
            #expect(try await outcome["succeeded"] == false)
            try await eventually("the handler is back") { try await host.status()["handler"]?["restarts"] == 1 }
            try await host.waitUntilReady()
            let handler = try await host.status()["handler"]
            #expect(handler?["strikes"] == 1 && handler?["lastExit"] == "signal 9")
            try await host.expect(200, .get, "/api/x")
        }
    }

    @Test("functionTimeout kills the handler without a strike and takes every call in flight with it")
    func functionTimeout() async throws {
        let folder = try ScriptedHandler.app(more: "\"functionTimeout\": \"00:00:04\",")
        try await RunningHost.with(folder) { host in
            try await host.waitUntilReady()
            let process = try #require(ScriptedHandler.processes(in: folder).first)
            try ScriptedHandler.next("hang", in: folder)
            async let invocation = host.invoke("Tick")
            try await eventually("the call hangs") { folder.read("hanging") != nil }
            // The script serves one call at a time, so this one waits behind the hanging one; it has a body and is not resent.
            async let bystander = host.send(.post, "/api/x", body: .text("{}"))
            #expect(try await invocation["error"]?.string?.contains("functionTimeout") == true)
            let reply = try await bystander
            #expect(reply.status == 500 && reply.body.isEmpty)
            #expect(!ScriptedHandler.isAlive(process))
            try await eventually("the handler is back") { try await host.status()["handler"]?["restarts"] == 1 }
            try await host.waitUntilReady()
            #expect(try await host.status()["handler"]?["strikes"] == 0)
            try await host.expect(200, .get, "/api/x")
        }
    }

    @Test(
        "a handler that never listens, or never answers, strikes out at initializationTimeout",
        arguments: ["never", "mute"]
    )
    func notReady(_ start: String) async throws {
        // Long enough for perl to listen on a busy machine at least once in three starts.
        let limit = start == "never" ? "00:00:00.3" : "00:00:02"
        let folder = try ScriptedHandler.app(
            start: start,
            customHandler: "\"enableProxyingHttpRequest\": true, \"initializationTimeout\": \"\(limit)\""
        )
        let failure = try await RunningHost.run(folder) { host in
            try await eventually("LocalHost has ended") { (try? await host.status()) == nil }
            #expect(host.lines.contains(start == "never" ? "did not listen" : "did not answer GET /"))
        }
        #expect(failure?.message.contains("never became ready") == true, "\(failure?.message ?? "no failure")")
        let processes = ScriptedHandler.processes(in: folder)
        #expect(processes.count == 3)
        try await eventually("all of them are gone") { !processes.contains(where: ScriptedHandler.isAlive) }
    }

    @Test("when LocalHost ends, its handler ends")
    func ending() async throws {
        let folder = try ScriptedHandler.app()
        try await RunningHost.with(folder) { host in try await host.waitUntilReady() }
        let process = try #require(ScriptedHandler.processes(in: folder).first)
        try await eventually("the handler is gone") { !ScriptedHandler.isAlive(process) }
    }

    @Test("what keeps LocalHost from starting is said, and nothing is started")
    func refusals() async throws {
        let missing = try TemporaryFolder.app(executable: "bin/handler")
        let noStorage = try ScriptedHandler.app()
        try noStorage.write("local.settings.json", #"{"IsEncrypted":false,"Values":{}}"#)
        let noHost = try TemporaryFolder()
        let badJSON = try TemporaryFolder()
        try badJSON.write("host.json", "{ // a test's\n  \"version\": \"2.0\", \"x\" }")
        let noMode = try ScriptedHandler.app(customHandler: "\"enableProxyingHttpRequest\": false")
        let badZone = try ScriptedHandler.app(settings: #","WEBSITE_TIME_ZONE":"Moon/Sea""#)
        for (folder, words) in [
            (missing, "bin/handler"), (noStorage, "AzureWebJobsStorage"), (noHost, "host.json"), (badZone, "Moon/Sea"),
            (noMode, "enableForwardingHttpRequest"),
            (badJSON, "host.json is not JSON: a colon should be here at line 2, column 25"),
        ] {
            let failure = try await RunningHost.run(folder) { _ in Issue.record("it listens") }
            #expect(failure?.message.contains(words) == true && failure?.exitCode == 1, "\(words)")
            #expect(ScriptedHandler.processes(in: folder).isEmpty)
        }
    }
}
