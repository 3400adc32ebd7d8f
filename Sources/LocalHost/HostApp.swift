import Foundation
import Logging

/// Everything read from the function app's folder, checked.
struct HostApp: Sendable {
    let settings: LocalSettings
    let configuration: HostConfiguration
    let store: ConfigurationStore
    let functions: [FunctionDefinition]
    let command: HandlerCommand
    /// The handler's environment, before the five variables of its own.
    let environment: [String: String]
    let zone: TimeZone

    /// - Throws: `HostFailure` for everything that would keep the real host from starting.
    static func load(_ options: HostOptions, logger: Logger) throws(HostFailure) -> HostApp {
        let loaded = try LocalSettings.load(from: options.scriptRoot)
        if loaded == nil {
            logger.warning("no \(LocalSettings.fileName) in \(options.scriptRoot.path): the environment alone decides")
        }
        let settings = loaded ?? LocalSettings()
        for name in settings.hidden(by: options.environment) {
            logger.info("\(LocalSettings.fileName): \(name) is set in the environment, which wins")
        }
        let environment = settings.merged(over: options.environment)
        let store = try HostConfiguration.store(scriptRoot: options.scriptRoot, environment: environment)
        let configuration = try HostConfiguration(store, environment: environment)
        let zone = try timeZone(environment, logger: logger)
        let functions = FunctionLoader(configuration: store, zone: zone, now: options.clock.now()).load(
            scriptRoot: options.scriptRoot
        )
        guard !functions.isEmpty else {
            throw HostFailure("no function in \(options.scriptRoot.path): each one is a folder with a function.json")
        }
        let app = HostApp(
            settings: settings,
            configuration: configuration,
            store: store,
            functions: functions,
            command: try HandlerCommand(configuration, scriptRoot: options.scriptRoot, environment: environment),
            environment: environment,
            zone: zone
        )
        try app.checkStorage()
        return app
    }

    /// WEBSITE_TIME_ZONE as on Azure, TZ as on Linux, else the machine's own zone, else UTC.
    ///
    /// WEBSITE_TIME_ZONE is written for the app and must be right. TZ belongs to the machine, and libc reads more there
    /// than the names of zones (`CET-1CEST`): what is no name is no reason not to start.
    ///
    /// - Parameter machineZone: the link to the machine's zone file.
    static func timeZone(
        _ environment: [String: String],
        machineZone: String = "/etc/localtime",
        logger: Logger
    ) throws(HostFailure) -> TimeZone {
        if let value = environment["WEBSITE_TIME_ZONE"], !value.isEmpty {
            guard let zone = TimeZone(identifier: value) else {
                throw HostFailure("WEBSITE_TIME_ZONE='\(value)' is not a time zone such as Europe/Berlin")
            }
            return zone
        }
        guard let value = environment["TZ"], !value.isEmpty else { return zone(ofFile: machineZone) ?? .gmt }
        let name = value.hasPrefix(":") ? String(value.dropFirst()) : value
        if let zone = name.hasPrefix("/") ? zone(ofFile: name) : TimeZone(identifier: name) { return zone }
        logger.warning(
            "TZ='\(value)' is not the name of a time zone such as Europe/Berlin: timers fire by UTC, unless WEBSITE_TIME_ZONE says otherwise"
        )
        return .gmt
    }

    /// The zone whose file this is, by its path under a `zoneinfo` folder.
    private static func zone(ofFile path: String) -> TimeZone? {
        let resolved = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        return resolved.range(of: "/zoneinfo/").flatMap { TimeZone(identifier: String(resolved[$0.upperBound...])) }
    }

    /// Core Tools refuse to start without a storage account when anything but HTTP triggers a function.
    private func checkStorage() throws(HostFailure) {
        let needsStorage = functions.contains { function in
            switch function.state {
            case .ready(.timer), .ready(.queue), .undelivered: true
            default: false
            }
        }
        let isSet = environment.contains { name, value in
            name.lowercased().hasPrefix("azurewebjobsstorage") && !value.isEmpty
        }
        guard !needsStorage || isSet else {
            throw HostFailure(
                "AzureWebJobsStorage is not set: func start demands it for timers and queues. "
                    + "In \(LocalSettings.fileName) put \"AzureWebJobsStorage\": \"UseDevelopmentStorage=true\""
            )
        }
    }

    /// The queues that functions name.
    var queues: Set<QueueName> {
        Set(functions.compactMap { $0.queueTrigger?.queue } + functions.flatMap { $0.queueOutputs.map(\.queue) })
    }

    /// Says what was found, function by function.
    func describe(_ logger: Logger) {
        for function in functions {
            switch function.state {
            case .failed(let reason): logger.error("\(function.name) is in error and will not run: \(reason)")
            case .disabled: logger.info("\(function.name): disabled")
            case .undelivered(let type): logger.warning("\(function.name): \(type) is not yet delivered by LocalHost")
            case .ready(.http(let trigger)):
                let route = [configuration.routePrefix, trigger.route.text].filter { !$0.isEmpty }.joined(
                    separator: "/"
                )
                let methods = trigger.methods.map { $0.sorted().joined(separator: ",") } ?? "any method"
                logger.info("\(function.name): http /\(route) [\(methods)]")
            case .ready(.queue(let trigger)):
                let (batch, threshold) = (configuration.queues.batchSize, configuration.queues.newBatchThreshold)
                logger.info("\(function.name): queue '\(trigger.queue)' [\(batch) at a time, more at \(threshold)]")
                if function.retry != nil {
                    logger.warning(
                        "\(function.name): retry is ignored, as the host does for queues: maxDequeueCount counts there"
                    )
                }
            case .ready(.timer(let trigger)):
                logger.info("\(function.name): timer '\(trigger.scheduleText)'")
                if trigger.bindingName.lowercased().hasSuffix("trigger") {
                    logger.warning(
                        "\(function.name): the input of a manual run is dropped, because the binding's name ends in 'trigger'"
                    )
                }
            }
            for output in function.queueOutputs {
                logger.info("\(function.name): output '\(output.name)' into queue '\(output.queue)'")
            }
            for output in function.undeliveredOutputs {
                logger.warning(
                    "\(function.name): output '\(output.name)' (\(output.type)) is not yet delivered by LocalHost"
                )
            }
        }
    }
}
