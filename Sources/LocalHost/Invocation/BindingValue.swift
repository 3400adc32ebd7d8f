import Foundation

/// A .NET value on its way into `Data` or `Metadata`, with the host's encoding rules.
enum BindingValue: Sendable, Equatable {
    case null
    case string(String)
    case integer(Int64)
    case bool(Bool)
    case list([JSONValue])
    case object(JSONValue)
    case bytes([UInt8])
    /// A DateTime at the top level: its fraction of a second is lost.
    case date(Date, zone: TimeZone)

    /// Strings, numbers, booleans and lists become their JSON text *inside a JSON string*; objects are nested; bytes
    /// are base64.
    var json: JSONValue {
        switch self {
        case .null: .null
        case .string(let value): .string(JSONValue.string(value).text)
        case .integer(let value): .string(String(value))
        case .bool(let value): .string(value ? "true" : "false")
        case .list(let values): .string(JSONValue.array(values).text)
        case .object(let value): value
        case .bytes(let bytes): .string(Data(bytes).base64EncodedString())
        case .date(let date, let zone):
            .string(HostDate.text(Date(timeIntervalSince1970: date.timeIntervalSince1970.rounded(.down)), zone: zone))
        }
    }
}
