/// The names of the fields in our log lines.
package enum LogField {
    package static let invocationID = "invocation_id"
    package static let requestID = "request_id"
    package static let function = "function"
    package static let method = "method"
    package static let path = "path"
    package static let status = "status"
    package static let error = "error"
    package static let setting = "setting"
    package static let durationMilliseconds = "duration_ms"
}
