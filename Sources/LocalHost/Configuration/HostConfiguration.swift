import Foundation
import TextFormats

/// What host.json (and `AzureFunctionsJobHost__…` overrides) say, typed and checked.
struct HostConfiguration: Sendable {
    /// nil = unlimited (`"-1"`).
    var functionTimeout: Duration? = .seconds(30 * 60)
    var initializationTimeout: Duration = .seconds(30)
    /// At least one of the two is on; proxying wins when both are.
    var forwardsHTTP = false
    var proxiesHTTP = false
    var routePrefix = "api"
    var executable = ""
    var arguments: [String] = []
    var workerDirectory = ""
    var workingDirectory = ""
    /// stderr's level is found by keywords instead of being "error".
    var sniffsStandardError = false
    var fixedPort: Int?
    var queues = QueueSettings()

    static let fileName = "host.json"

    /// Reads and flattens host.json of a script root.
    static func store(scriptRoot: URL, environment: [String: String]) throws(HostFailure) -> ConfigurationStore {
        let file = scriptRoot.appendingPathComponent(fileName)
        guard let text = try? String(contentsOf: file, encoding: .utf8) else {
            throw HostFailure(
                "no \(fileName) in \(scriptRoot.path): start LocalHost in the folder that holds it, or pass --script-root"
            )
        }
        do {
            let document = try JSONParser.parse(text, as: .configuration)
            guard document[ignoringCase: "version"]?.string == "2.0" else {
                throw HostFailure("\(fileName) must say \"version\": \"2.0\"")
            }
            return ConfigurationStore(hostJSON: document, environment: environment)
        } catch let error as HostFailure {
            throw error
        } catch {
            throw HostFailure("\(fileName) is not JSON: \(error)")
        }
    }

    init() {}

    init(_ store: ConfigurationStore, environment: [String: String]) throws(HostFailure) {
        guard store.hasHostSection("customHandler:description") else {
            throw HostFailure("\(Self.fileName) has no customHandler.description: LocalHost runs custom handlers only")
        }
        if store.hasHostSection("customHandler:http:routes") {
            throw HostFailure(
                "customHandler.http.routes cannot be combined with function.json files: the real host refuses it"
            )
        }
        try readTimeouts(store)
        forwardsHTTP = try store.hostFlag("customHandler:enableForwardingHttpRequest")
        proxiesHTTP = try store.hostFlag("customHandler:enableProxyingHttpRequest")
        guard forwardsHTTP || proxiesHTTP else {
            throw HostFailure(
                "\(Self.fileName) sets neither customHandler.enableForwardingHttpRequest nor "
                    + "customHandler.enableProxyingHttpRequest: the real host would post every HTTP request to "
                    + "/<FunctionName> as an invocation, and the handler would never see its path. Set both to true"
            )
        }
        sniffsStandardError = try !store.hostFlag(
            "customHandler:description:useStdErrorStreamForErrorsOnly",
            fallback: true
        )
        routePrefix = (store[host: "extensions:http:routePrefix"] ?? "api").trimmingSlashes
        if let port = store[host: "customHandler:port"], !port.isEmpty {
            guard let number = Int(port), (1...65_535).contains(number) else {
                throw HostFailure("customHandler.port must be a port number, not \(port)")
            }
            fixedPort = number
        }
        queues = try QueueSettings(store)
        try readDescription(store, environment: environment)
    }

    private mutating func readTimeouts(_ store: ConfigurationStore) throws(HostFailure) {
        if let text = store[host: "functionTimeout"], !text.isEmpty {
            if text == "-1" {
                functionTimeout = nil
            } else if let timeout = TimeSpan.duration(text), timeout >= .seconds(1) {
                functionTimeout = timeout
            } else {
                throw HostFailure("functionTimeout must be hh:mm:ss of at least one second, or \"-1\", not \(text)")
            }
        }
        if let text = store[host: "customHandler:initializationTimeout"], !text.isEmpty {
            guard let timeout = TimeSpan.duration(text), timeout > .zero else {
                throw HostFailure("customHandler.initializationTimeout must be hh:mm:ss, not \(text)")
            }
            initializationTimeout = timeout
        }
    }

    private mutating func readDescription(
        _ store: ConfigurationStore,
        environment: [String: String]
    ) throws(HostFailure) {
        let description = "customHandler:description"
        executable = HandlerCommand.expand(store[host: "\(description):defaultExecutablePath"] ?? "", environment)
        guard !executable.isEmpty else { throw HostFailure("customHandler.description.defaultExecutablePath is empty") }
        workerDirectory = store[host: "\(description):workerDirectory"] ?? ""
        workingDirectory = store[host: "\(description):workingDirectory"] ?? ""
        var items = try store.hostList("\(description):arguments")
        let workerPath = HandlerCommand.expand(store[host: "\(description):defaultWorkerPath"] ?? "", environment)
        if !workerPath.isEmpty { items.append("\"\(workerPath)\"") }
        items += try store.hostList("\(description):workerArguments")
        // The host joins the items by blanks without quoting, so an item with a blank falls apart here as it does there.
        let line = items.map { HandlerCommand.expand($0, environment, deletingUnknown: true) }.joined(separator: " ")
        arguments = HandlerCommand.split(line)
    }
}

extension String {
    var trimmingSlashes: String {
        var text = Substring(self)
        while text.hasPrefix("/") { text = text.dropFirst() }
        while text.hasSuffix("/") { text = text.dropLast() }
        return String(text)
    }
}
