/// SQL text with its bind values.
///
/// Written as a string literal, where every `\(value)` becomes a bind parameter (`$1`, `$2`, …) and can never change
/// the statement:
///
///     let query: SQLQuery = "SELECT name FROM users WHERE user_id = \(userID)"
///
/// Text goes into the statement itself only through `\(identifier: name)`, which quotes it, and `\(unescaped: text)`,
/// which does not and is easy to search for.
package struct SQLQuery: Sendable, Hashable, ExpressibleByStringInterpolation {
    struct Bind: Sendable, Hashable {
        let type: PostgresType
        let isBinary: Bool
        /// UTF-8 offset in `sql` of the bind's `$`.
        var position: Int
        /// Offset of the value in `values`.
        var offset: Int
        /// Bytes of the value; -1 is NULL. Text values are followed by one NUL byte, as libpq requires.
        let length: Int
    }

    /// The statement with `$n` placeholders.
    package private(set) var sql: String
    private(set) var binds: [Bind] = []
    private(set) var values = BindBuffer()
    /// True when a text value holds a NUL character, which PostgreSQL cannot store; sending the query throws.
    private(set) var holdsInvalidText = false

    package init(stringLiteral value: String) { sql = value }

    package init(stringInterpolation: StringInterpolation) { self = stringInterpolation.query }

    /// An empty text to append to; `literalCapacity` bytes and `bindCount` binds are reserved.
    fileprivate init(literalCapacity: Int, bindCount: Int) {
        sql = ""
        sql.reserveCapacity(literalCapacity + 3 * bindCount)
        binds.reserveCapacity(bindCount)
        values.bytes.reserveCapacity(16 * bindCount)
    }

    /// The number of bind values.
    package var bindCount: Int { binds.count }

    /// Appends another query; its binds are renumbered to follow those already here.
    package mutating func append(_ other: SQLQuery) {
        guard !other.binds.isEmpty else { return sql.append(other.sql) }
        var rest = other.sql.utf8[...]
        for (index, bind) in other.binds.enumerated() {
            let dollar = other.sql.utf8.index(other.sql.utf8.startIndex, offsetBy: bind.position)
            sql.append(String(Substring(rest[..<dollar])))
            let digits = String(index + 1).utf8.count
            rest = other.sql.utf8[other.sql.utf8.index(dollar, offsetBy: 1 + digits)...]
            var moved = bind
            moved.offset += values.bytes.count
            appendPlaceholder(moved)
        }
        sql.append(String(Substring(rest)))
        values.bytes.append(contentsOf: other.values.bytes)
        holdsInvalidText = holdsInvalidText || other.holdsInvalidText
    }

    /// The parts with `separator` (literal SQL) between them: `.joined(conditions, separator: " AND ")`.
    package static func joined(_ parts: some Sequence<SQLQuery>, separator: SQLQuery = ", ") -> SQLQuery {
        var result: SQLQuery = ""
        for (index, part) in parts.enumerated() {
            if index > 0 { result.append(separator) }
            result.append(part)
        }
        return result
    }

    /// The same statement with another value for its one bind. The text is shared, not copied: for a statement that is built
    /// once and runs for every request. Traps when the query has not one bind, of this type.
    package func binding<T: PostgresEncodable>(_ value: T) -> SQLQuery {
        precondition(binds.count == 1 && binds[0].type == T.postgresType, "not a statement with one bind of this type")
        var query = self
        query.values = BindBuffer()
        query.holdsInvalidText = false
        query.binds[0] = query.encode(value, at: binds[0].position)
        return query
    }

    private mutating func encode<T: PostgresEncodable>(_ value: T?, at position: Int) -> Bind {
        let offset = values.bytes.count
        var length = -1
        if let value {
            value.encode(into: &values)
            length = values.bytes.count - offset
            if T.isPostgresText {
                if values.bytes[offset...].contains(0) { holdsInvalidText = true }
                values.bytes.append(0)
            }
        }
        return Bind(
            type: T.postgresType,
            isBinary: !T.isPostgresText,
            position: position,
            offset: offset,
            length: length
        )
    }

    private mutating func appendPlaceholder(_ bind: Bind) {
        var placed = bind
        placed.position = sql.utf8.count
        binds.append(placed)
        sql.append("$")
        sql.append(String(binds.count))
    }
}

extension SQLQuery: CustomStringConvertible {
    /// The SQL text, without bind values.
    package var description: String { sql }
}

extension SQLQuery {
    /// Turns the segments of a literal into text and binds.
    package struct StringInterpolation: StringInterpolationProtocol, Sendable {
        fileprivate var query: SQLQuery

        package init(literalCapacity: Int, interpolationCount: Int) {
            query = SQLQuery(literalCapacity: literalCapacity, bindCount: interpolationCount)
        }

        package mutating func appendLiteral(_ literal: String) { query.sql.append(literal) }

        /// A bind parameter.
        package mutating func appendInterpolation<T: PostgresEncodable>(_ value: T) { appendInterpolation(value as T?) }

        /// A bind parameter; nil is NULL.
        package mutating func appendInterpolation<T: PostgresEncodable>(_ value: T?) {
            query.appendPlaceholder(query.encode(value, at: 0))
        }

        /// Another query, its binds renumbered.
        package mutating func appendInterpolation(_ fragment: SQLQuery) { query.append(fragment) }

        /// A quoted identifier: `a"b` becomes `"a""b"`.
        package mutating func appendInterpolation(identifier: String) {
            query.sql.append("\"")
            for character in identifier.unicodeScalars {
                // NUL cannot be in an identifier, and would end the C string that libpq sends.
                if character == "\0" { continue }
                if character == "\"" { query.sql.append("\"") }
                query.sql.unicodeScalars.append(character)
            }
            query.sql.append("\"")
        }

        /// Raw SQL. Never with text that came from outside.
        package mutating func appendInterpolation(unescaped: String) { query.sql.append(unescaped) }
    }
}
