extension SQLQuery {
    /// Turns the segments of a literal into text and binds.
    package struct StringInterpolation: StringInterpolationProtocol, Sendable {
        var query: SQLQuery

        package init(literalCapacity: Int, interpolationCount: Int) {
            query = SQLQuery(literalCapacity: literalCapacity, bindCount: interpolationCount)
        }

        package mutating func appendLiteral(_ literal: String) { query.appendSQL(literal) }

        /// A bind parameter.
        package mutating func appendInterpolation<T: PostgresEncodable>(_ value: T) { query.appendBind(value) }

        /// A bind parameter; nil is NULL.
        package mutating func appendInterpolation<T: PostgresEncodable>(_ value: T?) { query.appendBind(value) }

        /// Another query, its binds renumbered.
        package mutating func appendInterpolation(_ fragment: SQLQuery) { query.append(fragment) }

        /// A quoted identifier: `a"b` becomes `"a""b"`.
        package mutating func appendInterpolation(identifier: String) {
            query.appendSQL(SQLQuery.quoted(identifier: identifier))
        }

        /// Raw SQL. Never with text that came from outside.
        package mutating func appendInterpolation(unescaped: String) { query.appendSQL(unescaped) }
    }

    /// The identifier in double quotes, inner quotes doubled.
    package static func quoted(identifier: String) -> String {
        var quoted = "\""
        for character in identifier.unicodeScalars {
            // NUL cannot be in an identifier, and would end the C string that libpq sends.
            if character == "\0" { continue }
            if character == "\"" { quoted.unicodeScalars.append("\"") }
            quoted.unicodeScalars.append(character)
        }
        return quoted + "\""
    }
}
