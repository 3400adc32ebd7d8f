/// A data type of the server, named by its object id (pg_type.oid; the built-in ones never change).
package struct PostgresType: Sendable, Hashable, CustomStringConvertible {
    /// pg_type.oid; 0 lets the server infer the type of a bind.
    package let oid: UInt32

    package var description: String { Self.names[oid] ?? "type \(oid)" }

    /// True for types that `CREATE TYPE` made: enums and extension types.
    var isUserDefined: Bool { oid >= 16384 }

    /// True for the arrays that are read here, and for those of types that `CREATE TYPE` made.
    var isArray: Bool { Self.arrays.contains(self) || isUserDefined }
}

extension PostgresType {
    static let inferred = PostgresType(oid: 0)
    static let bool = PostgresType(oid: 16)
    static let name = PostgresType(oid: 19)
    static let int8 = PostgresType(oid: 20)
    static let int2 = PostgresType(oid: 21)
    static let int4 = PostgresType(oid: 23)
    static let text = PostgresType(oid: 25)
    static let oid = PostgresType(oid: 26)
    static let json = PostgresType(oid: 114)
    static let xml = PostgresType(oid: 142)
    static let float4 = PostgresType(oid: 700)
    static let float8 = PostgresType(oid: 701)
    static let unknown = PostgresType(oid: 705)
    static let bpchar = PostgresType(oid: 1042)
    static let varchar = PostgresType(oid: 1043)
    static let date = PostgresType(oid: 1082)
    static let timestamp = PostgresType(oid: 1114)
    static let timestamptz = PostgresType(oid: 1184)
    static let jsonb = PostgresType(oid: 3802)
    static let int4Array = PostgresType(oid: 1007)
    static let textArray = PostgresType(oid: 1009)
    static let varcharArray = PostgresType(oid: 1015)
    static let int8Array = PostgresType(oid: 1016)
    static let float4Array = PostgresType(oid: 1021)
    static let float8Array = PostgresType(oid: 1022)

    private static let arrays: Set<PostgresType> = [
        .int4Array, .int8Array, .textArray, .varcharArray, .float4Array, .float8Array,
    ]

    private static let names: [UInt32: String] = [
        16: "bool", 17: "bytea", 19: "name", 20: "int8", 21: "int2", 23: "int4", 25: "text", 26: "oid", 114: "json",
        142: "xml", 700: "float4", 701: "float8", 705: "unknown", 1000: "bool[]", 1005: "int2[]", 1007: "int4[]",
        1009: "text[]", 1015: "varchar[]", 1016: "int8[]", 1021: "float4[]", 1022: "float8[]", 1042: "bpchar",
        1043: "varchar", 1082: "date", 1083: "time", 1114: "timestamp", 1184: "timestamptz", 1185: "timestamptz[]",
        1186: "interval", 1700: "numeric", 2278: "void", 2950: "uuid", 2951: "uuid[]", 3802: "jsonb",
    ]
}
