import Foundation
import Synchronization

/// A private PostgreSQL server for tests: data and socket in a directory of its own, no TCP port unless asked for,
/// fsync off. It is stopped and removed when its owner ends, even by SIGKILL.
///
/// Tests that restart or kill the server start their own; all others share one through `TestDatabase`.
package final class PostgresCluster: Sendable {
    /// The data directory, the socket and the logs are below it.
    package let directory: String
    /// The port, which also names the socket; 5432 without TCP.
    package let port: Int
    private let installation: PostgresInstallation
    private let listensOnTCP: Bool
    private let guardian: ClusterGuardian

    /// Makes and starts a server; about a second. `settings` are added to postgresql.conf. With `listensOnTCP` it also
    /// listens on a free port of 127.0.0.1. The role `postgres` needs no password; a role named `secured`, if made, does.
    package static func running(
        settings: [String: String] = [:],
        listensOnTCP: Bool = false
    ) async throws -> PostgresCluster {
        try await offPool { try PostgresCluster(settings: settings, listensOnTCP: listensOnTCP) }
    }

    /// The same, blocking the calling thread.
    init(settings: [String: String] = [:], listensOnTCP: Bool = false) throws {
        installation = try PostgresInstallation.find()
        self.listensOnTCP = listensOnTCP
        ClusterGuardian.removeStaleClusters()
        guardian = try ClusterGuardian()
        directory = guardian.directory
        port = listensOnTCP ? try freePort() : 5432
        if !installation.runAs.isEmpty, let user = getpwnam("postgres") {
            guard chown(directory, user.pointee.pw_uid, user.pointee.pw_gid) == 0 else {
                throw PostgresClusterError("cannot give \(directory) to the user postgres")
            }
        }
        try installation.run(
            "initdb",
            [
                "--pgdata=\(directory)/data", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C",
                "--no-sync", "--no-instructions",
            ],
            output: "\(directory)/initdb.log"
        )
        try configure(settings)
        try startAndWait()
    }

    /// Off this thread: the last reference may be dropped by a thread of the cooperative pool, and stopping takes a while.
    deinit {
        let guardian = guardian
        Thread.detachNewThread { guardian.release() }
    }

    private func configure(_ extra: [String: String]) throws {
        var settings = [
            // Nothing here outlives a crash, so nothing needs to reach the disk.
            "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off",
            "unix_socket_directories": "'\(directory)'", "port": "\(port)",
            "listen_addresses": listensOnTCP ? "'127.0.0.1'" : "''", "max_connections": "100",
            "shared_buffers": "128MB", "deadlock_timeout": "100ms", "log_min_messages": "warning",
        ]
        settings.merge(extra) { $1 }
        let text = settings.sorted { $0.key < $1.key }.map { "\($0) = \($1)\n" }.joined()
        try append(text, to: "postgresql.conf")
        // The first line that matches decides.
        let access = """
            local all secured scram-sha-256
            local all all trust
            host all secured 127.0.0.1/32 scram-sha-256
            host all all 127.0.0.1/32 trust

            """
        try access.write(toFile: "\(directory)/data/pg_hba.conf", atomically: false, encoding: .utf8)
    }

    private func append(_ text: String, to file: String) throws {
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: "\(directory)/data/\(file)"))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data(text.utf8))
        try handle.close()
    }

    // MARK: Addresses

    /// The URI of a database of this server, through its socket.
    package func uri(database: String = "postgres", user: String = "postgres") -> String {
        "postgresql://\(user)@/\(database)?host=\(directory)&port=\(port)"
    }

    /// The URI over TCP; the cluster must have been made with `listensOnTCP`.
    package func tcpURI(database: String = "postgres", user: String = "postgres") -> String {
        "postgresql://\(user)@127.0.0.1:\(port)/\(database)"
    }

    // MARK: Life

    /// Starts the server and waits until it accepts connections.
    package func start() async throws { try await offPool { try self.startAndWait() } }

    private func startAndWait() throws {
        try control(["start", "--log=\(directory)/server.log", "--wait", "--timeout=\(Self.limit)"])
    }

    /// Stops the server as a restart does: sessions are ended, the data is flushed.
    package func stop() async throws {
        try await offPool { try self.control(["stop", "--mode=fast", "--wait", "--timeout=\(Self.limit)"]) }
    }

    /// Seconds, for pg_ctl.
    private static let limit = Duration.testDeadline.components.seconds

    /// Stops and starts the server.
    package func restart() async throws {
        try await stop()
        try await start()
    }

    /// Kills every process of the server with SIGKILL, as a crash of its machine would; `start` recovers.
    package func kill() async throws { try await offPool { try self.killAndWait() } }

    private func killAndWait() throws {
        let file = "\(directory)/data/postmaster.pid"
        guard let text = try? String(contentsOfFile: file, encoding: .utf8),
            let line = text.split(separator: "\n").first,
            let process = Int32(line), process > 1
        else { throw PostgresClusterError("no server runs in \(directory)") }
        // Each process of the server is a session of its own. Those of clients outlive the first one by a moment, and as long
        // as one holds the shared memory the next start would refuse. Stopped, the first one makes no more of them.
        guard Foundation.kill(process, SIGSTOP) == 0 else { throw PostgresClusterError("cannot kill \(process)") }
        let family = ProcessTable.family(of: process)
        for member in family { Foundation.kill(member, SIGKILL) }
        while ProcessTable.runs(anyOf: family) { usleep(1000) }
        // Where the first process of a container does not collect the dead, the number in these files seems to be alive,
        // and the next start would refuse. A machine that crashed has other numbers.
        for file in [file, "\(directory)/.s.PGSQL.\(port).lock"] { try? FileManager.default.removeItem(atPath: file) }
    }

    private func control(_ arguments: [String]) throws {
        try installation.run("pg_ctl", ["--pgdata=\(directory)/data"] + arguments, output: "\(directory)/pg_ctl.log")
    }
}
