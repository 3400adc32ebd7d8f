import ArgumentParser
import Foundation

/// `LocalHost`: the stand-in for `func start`.
@main
struct LocalHostProgram: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "LocalHost",
        abstract: "Runs this function app on your machine as the Azure Functions host would.",
        discussion: """
            Reads host.json, every */function.json and local.settings.json in the script root, starts the handler, \
            passes HTTP requests to it, fires its timers, delivers queue messages and answers POST /admin/functions/<name>. \
            The queues are LocalHost's own, in the state folder; they outlive it.

            LocalHost is stricter than the real host: an answer that the real host would hang on is an error here.

            LocalHost's own additions, which the real host does not have:
              POST /admin/functions/<name>?wait=true   waits and returns the invocation's outcome (200, or 500 if it failed)
              GET  /admin/host/status                  also shows the handler's process, port and restarts, and the timers
              GET  /admin/instances                    every instance of the handler: process, port, restarts
              GET  /admin/queues                       every queue: messages, invisible ones, the oldest, poison
              GET  /admin/queues/<name>                its first 32 visible messages, left where they are
              POST /admin/queues/<name>                puts the body into the queue as a message's content
              POST /admin/queues/<name>?encoded=true   the same; the body is the text on the wire, e.g. base64
              /                                        serves frontend/dist if it is built, else a list of the functions

            When it stops it kills the handler without notice, as the real host does.

            Exit codes: 0 after Ctrl-C, 1 when the app cannot run or every instance of the handler failed three times, 2 when \
            the port is taken.
            """
    )

    @Option(help: "Folder that holds host.json.")
    var scriptRoot = "."

    @Option(help: "Port on 127.0.0.1; 0 takes any. Default: Host.LocalHttpPort of local.settings.json, else 7071.")
    var port: Int?

    @Option(help: "How invocation bodies are framed: chunked (as on Azure) or content-length (as under func start).")
    var bodyFraming = InvocationRunner.Framing.chunked

    @Option(help: "How HTTP functions are called: proxying or forwarding. Default: what host.json says.")
    var httpMode: HTTPForwarder.Mode?

    @Option(
        help: ArgumentHelp(
            "Processes of the handler that share the work.",
            discussion: """
                HTTP requests go to each in turn, a timer fires on one of them, each takes queue messages by batchSize and \
                newBatchThreshold.
                """
        )
    )
    var instances = 1

    @Option(help: "Folder for timer status, queues and keys. Default: .local/host in the script root.")
    var stateDir: String?

    @Flag(help: "Fires no timers; POST /admin/functions/<name> still works.")
    var noTimers = false

    @Option(
        help: ArgumentHelp(
            "Answers CORS preflights instead of the handler, as Flex Consumption and Linux Consumption do.",
            discussion: "Origins separated by commas; '' allows nobody. Default: preflights reach the handler.",
            valueName: "origins"
        )
    )
    var platformCors: String?

    @Flag(help: "When stopping, ends the handler by SIGTERM and waits 3 seconds before the kill.")
    var gracefulStop = false

    @Flag(help: "Prints each request and the handler's lines as they are.")
    var verbose = false

    func validate() throws {
        if let port, !(0...65_535).contains(port) { throw ValidationError("--port must be between 0 and 65535") }
        guard (1...HostOptions.mostInstances).contains(instances) else {
            throw ValidationError("--instances must be between 1 and \(HostOptions.mostInstances)")
        }
    }

    func run() async throws {
        let root = URL(fileURLWithPath: scriptRoot).standardizedFileURL
        let options = HostOptions(
            scriptRoot: root,
            port: port,
            instances: instances,
            framing: bodyFraming,
            httpMode: httpMode,
            stateDirectory: stateDir.map { URL(fileURLWithPath: $0) } ?? root.appendingPathComponent(".local/host"),
            runsTimers: !noTimers,
            platformCORS: platformCors.map { PlatformCORS($0) },
            stopsGracefully: gracefulStop,
            isVerbose: verbose
        )
        do {
            try await HostRuntime(options: options, console: .standardOutput).run()
        } catch let failure as HostFailure {
            FileHandle.standardError.write(Data("LocalHost: \(failure.message)\n".utf8))
            throw ExitCode(failure.exitCode)
        } catch is CancellationError {
            // The graceful shutdown took too long and was cut short: still an ordinary end.
        }
    }
}

extension InvocationRunner.Framing: ExpressibleByArgument {}
extension HTTPForwarder.Mode: ExpressibleByArgument {}
