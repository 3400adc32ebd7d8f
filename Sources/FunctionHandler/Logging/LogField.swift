/// The names of the fields in our log lines.
enum LogField {
    static let invocationID = "invocation_id"
    static let requestID = "request_id"
    static let function = "function"
    static let method = "method"
    static let path = "path"
    static let status = "status"
    static let error = "error"
    static let setting = "setting"
    static let durationMilliseconds = "duration_ms"
}
