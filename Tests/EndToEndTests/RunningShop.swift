import Foundation
import HTTPTypes
import LoopbackHTTP
import NIOCore
import Postgres
import Shop
import Synchronization
import TestSupport
import Testing
import Threading

/// The real programs, as a person runs them: FunctionHandler under LocalHost, on a database of their own.
final class RunningShop: Sendable {
    let port: Int
    let root: String
    private let host: Process
    private let guardian: HostGuardian
    private let output: Output
    private let environment: [String: String]

    static let adminKey = "end-to-end-admin-key-1"

    /// Lines of LocalHost and of the handler behind it.
    private final class Output: Sendable {
        private let text = Mutex("")
        func append(_ data: Data) { text.withLock { $0 += String(decoding: data, as: UTF8.self) } }
        var all: String { text.withLock { $0 } }
    }

    struct Answer: Sendable {
        var status: Int
        var headers: [String: String]
        var body: String

        /// A member of the JSON body, as text.
        func member(_ name: String) -> String? {
            guard let object = try? JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any],
                let value = object[name]
            else { return nil }
            return "\(value)"
        }

        var items: [[String: Any]] {
            let object = try? JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any]
            return object?["items"] as? [[String: Any]] ?? []
        }
    }

    /// Starts LocalHost on a free port and waits until the handler answers through it.
    ///
    /// - Parameter losesAnswers: a relay before the handler breaks the connection instead of passing on the first answer to
    ///   `/batch/trigger` and to `/activate`.
    init(
        database: String,
        settings: [String: String] = [:],
        arguments: [String] = [],
        losesAnswers: Bool = false
    ) async throws {
        root = NSTemporaryDirectory() + "running-shop-\(UUID().uuidString)"
        try Self.makeScriptRoot(root, losesAnswers: losesAnswers)
        var environment = ProcessInfo.processInfo.environment
        environment["DATABASE_URL"] = database
        environment["BLOB_STORAGE"] = "file:\(root)/blob"
        environment["ADMIN_API_KEY"] = Self.adminKey
        environment["AUTH_MODE"] = "demo"
        // Once a year: ticks come only when a test sets another schedule.
        environment["AzureFunctionsJobHost__extensions__recommendations__schedule"] = "0 0 0 1 1 *"
        environment["AzureFunctionsJobHost__extensions__recommendations__activeUsersSchedule"] = "0 0 0 1 1 *"
        environment["AzureWebJobsStorage"] = "UseDevelopmentStorage=true"
        environment.merge(settings) { $1 }
        self.environment = environment
        let process = Process()
        process.executableURL = Self.program("LocalHost")
        process.arguments = ["--script-root", root, "--port", "0", "--state-dir", root + "/state"] + arguments
        process.environment = environment
        let output = Output()
        let pipe = Pipe()
        pipe.fileHandleForReading.readabilityHandler = { output.append($0.availableData) }
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        self.host = process
        guardian = try HostGuardian(of: process.processIdentifier, folder: root)
        self.output = output
        var found: Int?
        let clock = ContinuousClock()
        let end = clock.now + .testDeadline
        while found == nil, clock.now < end, process.isRunning {
            found = Self.port(in: output.all)
            try await Task.sleep(for: .milliseconds(20))
        }
        guard let found else { throw Failed("LocalHost did not start:\n\(output.all)") }
        port = found
        try await until("the handler answers") { try await self.get("/api/health").status == 200 }
    }

    struct Failed: Error, CustomStringConvertible {
        let description: String
        init(_ description: String) { self.description = description }
    }

    /// What the programs said so far.
    var log: String { output.all }

    /// Ends LocalHost, and the handler with it. Nothing that they said may hold a secret.
    func stop() {
        let passwords = (environment["DATABASE_URL"] ?? "").matches(of: /\/\/[^:@\/]*:([^@\/]+)@/).map { String($0.1) }
        for secret in [environment["ADMIN_API_KEY"] ?? Self.adminKey] + passwords where secret.utf8.count >= 8 {
            #expect(!log.contains(secret), "a secret is in the log")
        }
        if host.isRunning {
            host.interrupt()
            host.waitUntilExit()
        }
        guardian.release()
    }

    /// Runs a sub-command of FunctionHandler with the shop's settings.
    func command(_ arguments: [String]) throws {
        try Self.run(arguments, environment)
    }

    static func run(_ arguments: [String], _ environment: [String: String]) throws {
        let process = Process()
        process.executableURL = program("FunctionHandler")
        process.arguments = arguments
        process.environment = environment
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let said = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failed(
                "FunctionHandler \(arguments.joined(separator: " ")): status \(process.terminationStatus)\n\(said)"
            )
        }
    }

    // MARK: - Calls

    /// - Parameter headers: take the place of what would be sent by itself.
    func get(_ path: String, admin: Bool = false, headers: [String: String] = [:]) async throws -> Answer {
        try await send("GET", path, body: nil, admin: admin, headers: headers)
    }

    /// - Parameter headers: take the place of what would be sent by itself, `Host` included.
    func post(
        _ path: String,
        _ body: String?,
        admin: Bool = false,
        headers: [String: String] = [:]
    ) async throws -> Answer {
        try await send("POST", path, body: body, admin: admin, headers: headers)
    }

    private func send(
        _ method: String,
        _ path: String,
        body: String?,
        admin: Bool,
        headers extra: [String: String] = [:]
    ) async throws -> Answer {
        var fields: [String: String] = [:]
        if admin { fields["X-Admin-Key"] = Self.adminKey }
        if body != nil { fields["Content-Type"] = "application/json" }
        fields.merge(extra) { $1 }
        var request = HTTPRequest(
            method: HTTPRequest.Method(method) ?? .get,
            scheme: "http",
            authority: fields.removeValue(forKey: "Host"),
            path: path
        )
        for (name, value) in fields {
            if let name = HTTPField.Name(name) { request.headerFields[name] = value }
        }
        return try await withDeadline(.testDeadline) { [request, port] in
            let (response, bytes) = try await Self.client.collect(
                request,
                port: port,
                body: body.map { .bytes(ByteBuffer(string: $0)) } ?? LoopbackClient.Body.none
            )
            var headers: [String: String] = [:]
            for field in response.headerFields { headers[field.name.canonicalName] = field.value }
            return Answer(status: response.status.code, headers: headers, body: String(buffer: bytes))
        }
    }

    private static let client = LoopbackClient()

    // MARK: - The handler

    /// The handler's process id, as LocalHost reports it.
    func handlerPID() async throws -> Int32 {
        let status = try await get("/admin/host/status").body
        guard let match = status.firstMatch(of: /"(?:pid|handler_pid|processId)"\s*:\s*(\d+)/), let pid = Int32(match.1)
        else {
            throw Failed("no handler pid in \(status)")
        }
        return pid
    }

    /// The port on which the handler listens behind LocalHost.
    func handlerPort() async throws -> Int {
        let status = try await get("/admin/host/status").body
        guard let match = status.firstMatch(of: /"handler"\s*:\s*\{[^}]*"port"\s*:\s*(\d+)/), let port = Int(match.1)
        else {
            throw Failed("no handler port in \(status)")
        }
        return port
    }

    func killHandler() async throws { kill(try await handlerPID(), SIGKILL) }

    /// Waits for a condition; on failure what the programs said is part of the error.
    func until(_ what: String, within limit: Duration = .testDeadline, _ condition: () async throws -> Bool)
        async throws
    {
        let clock = ContinuousClock()
        let end = clock.now + limit
        while clock.now < end {
            if (try? await condition()) == true { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw Failed("not within \(limit): \(what)\n\(output.all.suffix(6_000))")
    }

    // MARK: - Folders and ports

    private static func makeScriptRoot(_ root: String, losesAnswers: Bool) throws {
        let files = FileManager.default
        let project = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        for folder in ["GenerateRecommendations", "RefreshActiveUsers", "ScoreUsers", "HttpApi"] {
            try files.createDirectory(atPath: root + "/" + folder, withIntermediateDirectories: true)
            try files.copyItem(
                atPath: project.appendingPathComponent(folder + "/function.json").path,
                toPath: root + "/" + folder + "/function.json"
            )
        }
        let handler = program("FunctionHandler").path
        var host = try String(contentsOf: project.appendingPathComponent("host.json"), encoding: .utf8)
            .replacingOccurrences(of: ".build/release/FunctionHandler", with: losesAnswers ? "/usr/bin/perl" : handler)
        if losesAnswers {
            try relay.write(toFile: root + "/relay.pl", atomically: true, encoding: .utf8)
            host = host.replacingOccurrences(
                of: #""arguments": []"#,
                with: #""arguments": ["relay.pl", "\#(handler)"]"#
            )
        }
        try host.write(toFile: root + "/host.json", atomically: true, encoding: .utf8)
    }

    /// Starts the handler on another port and passes bytes to and fro. The calls it saw are lines of the file `relayed`.
    private static let relay = #"""
        use strict; use warnings; use IO::Socket::INET; use IO::Select;
        my $free = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 1) or die;
        my $inner = $free->sockport; close $free;
        if (!fork) { $ENV{$_} = $inner for grep { /^FUNCTIONS_.*_PORT$/ } keys %ENV; exec @ARGV or die }
        $SIG{CHLD} = 'IGNORE';
        my $server = IO::Socket::INET->new(
            LocalAddr => '127.0.0.1', LocalPort => $ENV{FUNCTIONS_CUSTOMHANDLER_PORT}, Listen => 64, ReuseAddr => 1) or die;
        while (1) {
            my $caller = $server->accept or next;
            next if fork;
            my $handler;
            for (1 .. 600) {
                $handler = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $inner) and last;
                select(undef, undef, undef, 0.05);
            }
            exit 1 unless $handler;
            my $loses = 0;
            my $sockets = IO::Select->new($caller, $handler);
            while (my @ready = $sockets->can_read) {
                for my $from (@ready) {
                    sysread($from, my $data, 65536) or exit 0;
                    if ($from == $handler) {
                        exit 0 if $loses;
                        syswrite($caller, $data);
                    } else {
                        if ($data =~ m{^POST /api/(?:batch/|models/[^/]+/)(trigger|activate) }) {
                            open(my $file, '>>', 'relayed'); print $file "$1\n"; close $file;
                            $loses = mkdir "lost-$1";
                        }
                        syswrite($handler, $data);
                    }
                }
            }
            exit 0;
        }
        """#

    /// The calls of `/batch/trigger` and `/activate` that the relay passed on, as `trigger` and `activate`.
    var relayedCalls: [String] {
        ((try? String(contentsOfFile: root + "/relayed", encoding: .utf8)) ?? "").split(separator: "\n").map(
            String.init
        )
    }

    /// Programs lie beside the test bundle. `RECSHOP_PACKAGED_HANDLER` names a command that stands for FunctionHandler instead:
    /// `make package-test` gives the one that starts the packaged handler in an empty root folder.
    static func program(_ name: String) -> URL {
        if name == "FunctionHandler",
            let packaged = ProcessInfo.processInfo.environment["RECSHOP_PACKAGED_HANDLER"], !packaged.isEmpty
        {
            return URL(fileURLWithPath: packaged)
        }
        return URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath().deletingLastPathComponent()
            .appendingPathComponent(name)
    }

    private static func port(in text: String) -> Int? {
        text.firstMatch(of: /http:\/\/127\.0\.0\.1:(\d+)/).flatMap { Int($0.1) }
    }
}

extension RunningShop {
    /// A migrated, seeded database and the two programs on it.
    static func withSeeded(
        settings: [String: String] = [:],
        arguments: [String] = [],
        _ body: (RunningShop, PostgresClient) async throws -> Void
    ) async throws {
        try await TestDatabase.with(migrations: ShopMigrations.all) { database in
            let shop = try await RunningShop(database: database.uri, settings: settings, arguments: arguments)
            defer { shop.stop() }
            try shop.command(["seed", "--users", "120", "--products", "80", "--interactions", "6000"])
            try await body(shop, database.client())
        }
    }

    /// The first value of a query.
    static func number(_ client: PostgresClient, _ query: SQLQuery) async throws -> Int64 {
        try await #require(client.query(query).first).decode(Int64.self, at: 0)
    }
}
