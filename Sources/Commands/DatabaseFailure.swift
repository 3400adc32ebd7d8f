import Postgres

/// An error of the database as somebody at a terminal can use it: what to do where that is known, the server's sentence
/// otherwise, and never our SQL.
struct DatabaseFailure: Error, CustomStringConvertible {
    let description: String

    init(_ error: PostgresError) {
        switch error.code {
        case .server(.undefinedTable), .server(.undefinedColumn), .server(.undefinedObject):
            description =
                "the database's schema is not up to date: run `FunctionHandler migrate` first (\(error.message))"
        case .server(.undefinedDatabase):
            description = "no such database: create it, or correct DATABASE_URL (\(error.message))"
        case .server(.invalidPassword), .server(.invalidAuthorization):
            description = "the database refuses the login: check user and password in DATABASE_URL (\(error.message))"
        case .connection:
            description = "the database cannot be reached: \(error.message)"
        case .configuration:
            description = "DATABASE_URL: \(error.message)"
        case .migration:
            description = error.message
        default:
            let code = error.sqlState.map { " \($0)" } ?? ""
            let constraint = error.constraint.map { " (constraint \($0))" } ?? ""
            description = "the database answered with an error\(code): \(error.message)\(constraint)"
        }
    }
}
