import HTTPTypes
import NIOCore

/// Writes a response's status line and header fields as HTTP/1.1 bytes.
enum ResponseHeadWriter {
    /// - Parameters:
    ///   - bodyBytes: space to reserve after the head, so that head and body are one buffer and one system call.
    ///   - closes: whether this is the connection's last response.
    static func buffer(
        _ status: HTTPResponse.Status,
        _ fields: HTTPFields,
        date: [UInt8],
        closes: Bool,
        bodyBytes: Int,
        _ allocator: ByteBufferAllocator
    ) -> ByteBuffer {
        var buffer = allocator.buffer(capacity: 320 + bodyBytes)
        if status == .ok {
            buffer.writeStaticString("HTTP/1.1 200 OK\r\nDate: ")
        } else {
            buffer.writeString("HTTP/1.1 \(status.code) \(status.reasonPhrase)\r\nDate: ")
        }
        buffer.writeBytes(date)
        // RFC 9110 forbids a length on 204, and on 304 it would be that of the body which is not sent.
        let hasNoBody = status == .noContent || status == .notModified
        for field in fields where field.name != .connection && !(hasNoBody && field.name == .contentLength) {
            buffer.writeStaticString("\r\n")
            buffer.writeString(field.name.rawName)
            buffer.writeStaticString(": ")
            buffer.writeString(field.value)
        }
        buffer.writeStaticString(closes ? "\r\nConnection: close\r\n\r\n" : "\r\n\r\n")
        return buffer
    }
}
