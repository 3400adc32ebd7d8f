/// DATABASE_URL or the PG* variables, and how many connections each side may hold.
struct DatabaseSettings: Sendable, Equatable {
    /// How a connection proves who it is. `entra` needs a token per connection.
    enum Authentication: String, Sendable, CaseIterable {
        case password, entra
    }

    /// A libpq URI or key=value string; empty when libpq takes everything from PG*.
    var uri = ""
    var authentication = Authentication.password
    /// A small Azure server allows 35 connections in all; 3 + 2 leave room for six instances and for people.
    var apiConnections = 3
    var batchConnections = 2
    /// Connections in pipeline mode for single-row reads; with 0 each such read takes a connection of the pool.
    var pipelineLanes = 1
    /// Off behind a proxy that pools by transaction.
    var usesPreparedStatements = true

    static func read(_ reader: inout SettingsReader) -> DatabaseSettings {
        var settings = DatabaseSettings()
        let isServiceGiven = ["PGHOST", "PGHOSTADDR", "PGSERVICE", "PGDATABASE"].contains { reader.isPresent($0) }
        let before = reader.problems.count
        if let uri = reader.text("DATABASE_URL") {
            settings.uri = uri
            let isURI = uri.hasPrefix("postgresql://") || uri.hasPrefix("postgres://")
            if !isURI && (uri.contains("://") || !uri.contains("=")) {
                reader.refuse("DATABASE_URL", "must be postgresql://USER:PASSWORD@HOST:PORT/DATABASE")
            }
        } else if !isServiceGiven, reader.problems.count == before {
            reader.refuse(
                "DATABASE_URL",
                "is not set; give postgresql://USER:PASSWORD@HOST:PORT/DATABASE, or set PGHOST and its siblings"
            )
        }
        for name in ["PGHOST", "PGUSER", "PGPASSWORD", "PGDATABASE", "PGPORT"] { _ = reader.text(name) }
        settings.authentication = reader.choice("DATABASE_AUTH", default: .password)
        if settings.authentication == .entra {
            reader.refuse("DATABASE_AUTH", "entra is not available yet; use password")
        }
        settings.apiConnections = reader.integer("DATABASE_POOL_API", default: 3, in: 1...100)
        settings.batchConnections = reader.integer("DATABASE_POOL_BATCH", default: 2, in: 1...100)
        settings.pipelineLanes = reader.integer("DATABASE_PIPELINE_LANES", default: 1, in: 0...8)
        settings.usesPreparedStatements = reader.flag("DATABASE_PREPARED_STATEMENTS", default: true)
        return settings
    }
}
