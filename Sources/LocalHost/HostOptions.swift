import Foundation

/// What the command line decides.
struct HostOptions: Sendable {
    var scriptRoot: URL
    /// nil = Host.LocalHttpPort of local.settings.json, else 7071. 0 takes any free port.
    var port: Int?
    var framing: InvocationRunner.Framing = .chunked
    /// nil = what host.json says.
    var httpMode: HTTPForwarder.Mode?
    var stateDirectory: URL
    var runsTimers = true
    var isVerbose = false
    /// Off in tests that run LocalHost inside their own process.
    var handlesSignals = true
    var environment: [String: String] = ProcessInfo.processInfo.environment
    var clock: HostClock = .system
    /// A handler that listens already; none is started or watched. For tests whose handler lives in their own process.
    var attachedHandlerPort: Int?

    static let defaultPort = 7071
}
