import Foundation
import TextFormats

/// Reads every `*/function.json` under the script root.
struct FunctionLoader: Sendable {
    let configuration: ConfigurationStore
    let zone: TimeZone
    /// The moment of the start, which decides whether a dense schedule is monitored.
    var now = Date()

    static let fileName = "function.json"

    /// All functions, by name. A function with a fault is listed with the fault, never dropped.
    func load(scriptRoot: URL) -> [FunctionDefinition] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: scriptRoot.path)) ?? []
        return names.sorted().filter { !$0.hasPrefix(".") }.compactMap { name in
            let file = scriptRoot.appendingPathComponent(name).appendingPathComponent(Self.fileName)
            guard FileManager.default.fileExists(atPath: file.path) else { return nil }
            guard let text = try? String(contentsOf: file, encoding: .utf8) else {
                return FunctionDefinition(name: name, state: .failed("\(file.path) cannot be read"))
            }
            return parse(name: name, text: text)
        }
    }

    /// One function from the text of its function.json.
    func parse(name: String, text: String) -> FunctionDefinition {
        do {
            return try checked(name: name, document: JSONParser.parse(text, as: .configuration))
        } catch let error as JSONSyntaxError {
            return FunctionDefinition(name: name, state: .failed("\(name)/\(Self.fileName) is not JSON: \(error)"))
        } catch {
            return FunctionDefinition(name: name, state: .failed("\(error)"))
        }
    }

    private func checked(name: String, document: JSONValue) throws -> FunctionDefinition {
        guard name.wholeMatch(of: /[A-Za-z][A-Za-z0-9_\-]{0,127}/) != nil else {
            throw FunctionFault("'\(name)' is not a function name: letters, digits, '-' and '_', a letter first")
        }
        let bindings = try bindings(of: document)
        let retry = try document[ignoringCase: "retry"].map(Self.retry)
        if isDisabled(name, document) {
            return FunctionDefinition(name: name, state: .disabled, bindings: bindings, retry: retry)
        }
        return FunctionDefinition(
            name: name,
            state: try state(name: name, bindings: bindings),
            bindings: bindings,
            queueOutputs: try queueOutputs(bindings),
            retry: retry
        )
    }

    private func bindings(of document: JSONValue) throws -> [FunctionBinding] {
        guard let items = document[ignoringCase: "bindings"]?.array, !items.isEmpty else {
            throw FunctionFault("function.json has no bindings")
        }
        let bindings = try items.map { item in
            guard let type = item[ignoringCase: "type"]?.string, let name = item[ignoringCase: "name"]?.string else {
                throw FunctionFault("each binding needs a type and a name: \(item.text)")
            }
            let direction = item[ignoringCase: "direction"]?.string?.lowercased() ?? "in"
            guard ["in", "out"].contains(direction) else {
                throw FunctionFault("binding '\(name)': direction must be in or out, not '\(direction)'")
            }
            guard name == "$return" || name.wholeMatch(of: /[A-Za-z][A-Za-z0-9]*/) != nil else {
                throw FunctionFault("binding name '\(name)' must be letters and digits, a letter first, or $return")
            }
            return FunctionBinding(type: type, direction: direction, name: name, json: item)
        }
        let names = Set(bindings.map { $0.name.lowercased() })
        guard names.count == bindings.count else { throw FunctionFault("two bindings have the same name") }
        return bindings
    }

    private func state(name: String, bindings: [FunctionBinding]) throws -> FunctionDefinition.State {
        let triggers = bindings.filter { $0.type.lowercased().hasSuffix("trigger") }
        guard triggers.count == 1, let trigger = triggers.first else {
            throw FunctionFault("a function needs exactly one trigger, this one has \(triggers.count)")
        }
        switch trigger.type.lowercased() {
        case "httptrigger": return .ready(.http(try http(trigger, function: name, bindings: bindings)))
        case "timertrigger": return .ready(.timer(try timer(trigger)))
        case "queuetrigger":
            guard trigger.direction == "in" else { throw FunctionFault("the queueTrigger's direction must be in") }
            return .ready(.queue(try queue(trigger)))
        default: return .undelivered(type: trigger.type)
        }
    }

    private func http(_ trigger: FunctionBinding, function: String, bindings: [FunctionBinding]) throws -> HTTPTrigger {
        let levelText = trigger.json[ignoringCase: "authLevel"]?.string?.lowercased() ?? "function"
        guard let level = HTTPTrigger.Authorization(rawValue: levelText) else {
            throw FunctionFault("authLevel must be anonymous, function or admin, not '\(levelText)'")
        }
        let methods = trigger.json[ignoringCase: "methods"]?.array?.compactMap { $0.string?.uppercased() }
        let outputs = bindings.filter { $0.direction == "out" }
        let output = outputs.first { $0.type.lowercased() == "http" }
        return HTTPTrigger(
            bindingName: trigger.name,
            route: try RouteTemplate(trigger.json[ignoringCase: "route"]?.string ?? function),
            methods: (methods ?? []).isEmpty ? nil : methods.map(Set.init),
            authorization: level,
            isForwardable: bindings.count == 2 && outputs.count == 1 && output != nil,
            outputName: output?.name
        )
    }

    private func timer(_ trigger: FunctionBinding) throws -> TimerTrigger {
        guard let text = trigger.json[ignoringCase: "schedule"]?.string, !text.isEmpty else {
            throw FunctionFault("the timerTrigger has no schedule")
        }
        let resolved = try configuration.resolve(text)
        let schedule: TimerSchedule
        do {
            schedule = try TimerSchedule(resolved, zone: zone)
        } catch {
            throw FunctionFault("the schedule is wrong: \(error)")
        }
        return TimerTrigger(
            bindingName: trigger.name,
            schedule: schedule,
            scheduleText: resolved,
            isMonitored: trigger.json[ignoringCase: "useMonitor"]?.bool ?? true
                && !schedule.firesTwiceWithinAMinute(of: now),
            runOnStartup: trigger.json[ignoringCase: "runOnStartup"]?.bool ?? false
        )
    }

    private func queue(_ trigger: FunctionBinding) throws -> QueueTrigger {
        QueueTrigger(
            bindingName: trigger.name,
            queue: try queueName(of: trigger),
            isBinary: try isBinary(trigger)
        )
    }

    private func queueOutputs(_ bindings: [FunctionBinding]) throws -> [QueueOutputBinding] {
        try bindings.filter { $0.type.lowercased() == "queue" }.map { binding in
            guard binding.direction == "out" else {
                throw FunctionFault("binding '\(binding.name)': a queue binding's direction must be out")
            }
            return QueueOutputBinding(
                name: binding.name,
                queue: try queueName(of: binding),
                isBinary: try isBinary(binding)
            )
        }
    }

    private func queueName(of binding: FunctionBinding) throws -> QueueName {
        guard let text = binding.json[ignoringCase: "queueName"]?.string, !text.isEmpty else {
            throw FunctionFault("binding '\(binding.name)' has no queueName")
        }
        try checkConnection(of: binding)
        let resolved = try configuration.resolve(text)
        guard !resolved.contains("{") else {
            throw FunctionFault(
                "binding '\(binding.name)': LocalHost resolves no binding expression such as \(resolved), only %…%"
            )
        }
        do {
            return try QueueName(normalizing: resolved)
        } catch {
            throw FunctionFault("binding '\(binding.name)': queueName \(error)")
        }
    }

    /// The app setting must be there, as a connection string or as the parts of an identity's connection; LocalHost keeps
    /// the queues itself, whatever account is named.
    private func checkConnection(of binding: FunctionBinding) throws {
        let given = binding.json[ignoringCase: "connection"] ?? .null
        let name: String
        switch given {
        case .null: name = ""
        case .string(let text): name = try configuration.resolve(text)
        default: throw FunctionFault("binding '\(binding.name)': connection must be the name of an app setting")
        }
        let setting = name.isEmpty ? "AzureWebJobsStorage" : name
        let isSet = ["AzureWebJobs\(setting)", setting].contains { key in
            ["", ":queueServiceUri", ":accountName"].contains { configuration[key + $0].map { !$0.isEmpty } ?? false }
        }
        guard isSet else {
            throw FunctionFault(
                "binding '\(binding.name)': the connection \(setting) is not set. Locally "
                    + "\"\(setting)\": \"UseDevelopmentStorage=true\" will do; an identity's connection is "
                    + "\(setting)__queueServiceUri or \(setting)__accountName"
            )
        }
    }

    private func isBinary(_ binding: FunctionBinding) throws -> Bool {
        let text = binding.json[ignoringCase: "dataType"]?.string ?? "string"
        guard ["string", "binary"].contains(text.lowercased()) else {
            throw FunctionFault("binding '\(binding.name)': LocalHost knows dataType string and binary, not \(text)")
        }
        return text.lowercased() == "binary"
    }

    private func isDisabled(_ name: String, _ document: JSONValue) -> Bool {
        let setting = configuration["AzureWebJobs.\(name).Disabled"] ?? configuration["AzureWebJobs_\(name)_Disabled"]
        return document[ignoringCase: "disabled"]?.bool == true || setting?.lowercased() == "true" || setting == "1"
    }

    private static func retry(_ json: JSONValue) throws -> FunctionRetryPolicy {
        guard let count = json[ignoringCase: "maxRetryCount"]?.integer, count >= -1 else {
            throw FunctionFault("retry.maxRetryCount must be a number, -1 for no limit")
        }
        func span(_ member: String) throws -> Duration {
            guard let text = json[ignoringCase: member]?.string, let span = TimeSpan.duration(text), span >= .zero
            else {
                throw FunctionFault("retry.\(member) must be hh:mm:ss")
            }
            return span
        }
        let strategy: FunctionRetryPolicy.Strategy
        switch json[ignoringCase: "strategy"]?.string?.lowercased() {
        case "fixeddelay": strategy = .fixedDelay(try span("delayInterval"))
        case "exponentialbackoff":
            strategy = .exponentialBackoff(minimum: try span("minimumInterval"), maximum: try span("maximumInterval"))
        default: throw FunctionFault("retry.strategy must be fixedDelay or exponentialBackoff")
        }
        return FunctionRetryPolicy(strategy: strategy, maximumRetries: count == -1 ? nil : Int(count))
    }
}

/// What is wrong with one function, or with its schedule or route.
struct FunctionFault: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
