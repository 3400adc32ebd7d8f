import CLibPQ
import Glibc

/// The keywords given to libpq: the URI untouched, our defaults below it, the hook's password above it.
struct ConnectionParameters: Sendable {
    private var keywords: [(String, String)] = []
    /// How long one attempt may take: `connect_timeout` of the URI or PGCONNECT_TIMEOUT, else the configuration's.
    let timeout: Duration
    /// What the hook gave.
    let password: String?

    /// Throws `.configuration` for a URI that libpq cannot parse. libpq's own message may quote the password, so the
    /// error does not repeat it.
    init(_ configuration: PostgresConfiguration, password: String?) throws(PostgresError) {
        self.password = password
        let given = try Self.parse(configuration.uri)
        let seconds = (given["connect_timeout"] ?? Self.environment()["connect_timeout"]).flatMap(Int.init)
        // libpq reads 0 as "no limit", which a server must not have.
        timeout = seconds.flatMap { $0 > 0 ? .seconds($0) : nil } ?? configuration.connectTimeout

        // A dead peer is noticed after 30 + 3 × 10 s of silence, or 15 s after data stays unacknowledged.
        keywords = [
            ("fallback_application_name", configuration.applicationName), ("keepalives", "1"),
            ("keepalives_idle", "30"), ("keepalives_interval", "10"), ("keepalives_count", "3"),
            ("tcp_user_timeout", "15000"),
        ]
        // Later keywords win, so the URI replaces the defaults above.
        if !configuration.uri.isEmpty { keywords.append(("dbname", configuration.uri)) }
        // Rows are decoded as UTF-8 whatever the encoding of the database.
        keywords.append(("client_encoding", "UTF8"))
        if let password { keywords.append(("password", password)) }
    }

    /// Asks the connect hook for a password if there is one.
    static func fetchingPassword(
        _ configuration: PostgresConfiguration,
        refused: String?
    ) async throws(PostgresError) -> ConnectionParameters {
        guard let hook = configuration.password else { return try ConnectionParameters(configuration, password: nil) }
        let password: String
        do {
            password = try await hook(refused)
        } catch is CancellationError {
            throw PostgresError(.cancelled, "the task was cancelled")
        } catch {
            throw PostgresError(.connection, "no password for the database: \(error)")
        }
        return try ConnectionParameters(configuration, password: password)
    }

    /// Calls `body` with the NULL-terminated arrays of PQconnectStartParams.
    func withArrays<R>(
        _ body: (UnsafePointer<UnsafePointer<CChar>?>, UnsafePointer<UnsafePointer<CChar>?>) -> R
    ) -> R {
        let names = keywords.map { strdup($0.0) } + [nil]
        let values = keywords.map { strdup($0.1) } + [nil]
        defer { for text in names + values { free(text) } }
        return body(names.map { UnsafePointer($0) }, values.map { UnsafePointer($0) })
    }

    fileprivate static func login(_ uri: String) throws(PostgresError) -> (user: String?, hasPassword: Bool) {
        let given = try parse(uri)
        let user = given["user"] ?? environment()["user"]
        return (user.flatMap { $0.isEmpty ? nil : $0 }, !(given["password"] ?? "").isEmpty)
    }

    private static func parse(_ uri: String) throws(PostgresError) -> [String: String] {
        guard !uri.isEmpty else { return [:] }
        guard let options = PQconninfoParse(uri, nil) else {
            throw PostgresError(.configuration, "the database address is not a libpq URI or key=value string")
        }
        defer { PQconninfoFree(options) }
        return values(options)
    }

    private static func environment() -> [String: String] {
        guard let options = PQconndefaults() else { return [:] }
        defer { PQconninfoFree(options) }
        return values(options)
    }

    private static func values(_ options: UnsafeMutablePointer<PQconninfoOption>) -> [String: String] {
        var result: [String: String] = [:]
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { result[String(cString: keyword)] = String(cString: value) }
            option += 1
        }
        return result
    }
}

extension PostgresConfiguration {
    /// The user that the address or PGUSER names, and whether the address has a password.
    package func login() throws(PostgresError) -> (user: String?, hasPassword: Bool) {
        try ConnectionParameters.login(uri)
    }

    /// Throws `.configuration` when libpq cannot parse `uri`; does not connect.
    package func validate() throws(PostgresError) { _ = try ConnectionParameters(self, password: nil) }
}
