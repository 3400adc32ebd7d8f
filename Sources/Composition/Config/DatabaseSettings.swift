import Postgres

/// DATABASE_URL or the PG* variables, and how many connections each side may hold.
struct DatabaseSettings: Sendable, Equatable {
    /// How a connection proves who it is: the password of the address, or a token of Entra ID in its place.
    enum Authentication: String, Sendable, CaseIterable {
        case password, entra
    }

    /// A libpq URI or key=value string; empty when libpq takes everything from PG*.
    var uri = ""
    var authentication = Authentication.password
    /// Connections for requests, lanes included. A small Azure server allows 35 in all; 3 + 3 leave room for five
    /// instances and for people.
    var apiConnections = 3
    /// Connections for batches, opened as needed: one for a job's steps, one for housekeeping after an earlier one, one for renewing
    /// leases.
    var batchConnections = 3
    /// How many of `apiConnections` are in pipeline mode, for single-row reads; with none each such read takes an exclusive
    /// connection.
    var pipelineLanes = 1
    /// Off behind a proxy that pools by transaction.
    var usesPreparedStatements = true

    static func read(_ reader: inout SettingsReader) -> DatabaseSettings {
        var settings = DatabaseSettings()
        let isServiceGiven = ["PGHOST", "PGHOSTADDR", "PGSERVICE", "PGDATABASE"].contains { reader.isPresent($0) }
        let before = reader.problems.count
        if let uri = reader.text("DATABASE_URL") {
            settings.uri = uri
            if !isUsable(uri) {
                reader.refuse(
                    "DATABASE_URL",
                    "must be postgresql://USER:PASSWORD@HOST:PORT/DATABASE; in the password / is written %2F, @ is %40, "
                        + ": is %3A, ? is %3F, # is %23 and % is %25"
                )
            }
        } else if !isServiceGiven, reader.problems.count == before {
            reader.refuse(
                "DATABASE_URL",
                "is not set; give postgresql://USER:PASSWORD@HOST:PORT/DATABASE, or set PGHOST and its siblings"
            )
        }
        if let port = reader.text("PGPORT"), !port.split(separator: ",").allSatisfy(DatabaseAddress.isPort) {
            reader.refuse("PGPORT", "must be a port from 1 to 65535")
        }
        reader.choice("DATABASE_AUTH", &settings.authentication)
        if settings.authentication == .entra { refuseUnfit(settings.uri, &reader) }
        reader.integer("DATABASE_POOL_API", &settings.apiConnections, in: 2...100)
        reader.integer("DATABASE_POOL_BATCH", &settings.batchConnections, in: 1...100)
        reader.integer("DATABASE_PIPELINE_LANES", &settings.pipelineLanes, in: 0...8)
        if settings.pipelineLanes >= settings.apiConnections {
            reader.refuse("DATABASE_PIPELINE_LANES", "must be below DATABASE_POOL_API, which counts them too")
            settings.pipelineLanes = 1
        }
        reader.flag("DATABASE_PREPARED_STATEMENTS", &settings.usesPreparedStatements)
        return settings
    }

    /// With tokens the address names a user and no password.
    private static func refuseUnfit(_ uri: String, _ reader: inout SettingsReader) {
        guard let login = try? PostgresConfiguration(uri: uri).login() else { return }
        if login.hasPassword || reader.isPresent("PGPASSWORD") {
            reader.refuse("DATABASE_AUTH", "is entra, so DATABASE_URL and PGPASSWORD must not hold a password")
        } else if login.user == nil {
            reader.refuse(
                "DATABASE_AUTH",
                "is entra, so DATABASE_URL must name the role, postgresql://ROLE@HOST/DATABASE"
            )
        }
    }

    /// Whether libpq can read the address, and nothing of a password stands where a host, a port or a database does.
    private static func isUsable(_ uri: String) -> Bool {
        let isURI = uri.hasPrefix("postgresql://") || uri.hasPrefix("postgres://")
        guard isURI || !uri.contains("://") && uri.contains("="), DatabaseAddress.isPlausible(uri) else { return false }
        return (try? PostgresConfiguration(uri: uri).validate()) != nil
    }
}
