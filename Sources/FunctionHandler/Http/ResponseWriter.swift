import Glibc
import HTTPTypes
import NIOCore
import TextFormats

/// Writes responses as HTTP/1.1 bytes.
struct ResponseWriter {
    /// The Date header's value, made once a second.
    private var date: [UInt8] = []
    private var dateSecond = 0

    /// Status line, header fields and body in one buffer, so that they leave in one system call.
    /// - Parameter closes: whether this is the connection's last response.
    mutating func buffer(_ response: Response, closes: Bool, _ allocator: ByteBufferAllocator) -> ByteBuffer {
        let status = response.status
        var buffer = allocator.buffer(capacity: 352 + response.body.count)
        if status == .ok {
            buffer.writeStaticString("HTTP/1.1 200 OK\r\nDate: ")
        } else {
            buffer.writeString("HTTP/1.1 \(status.code) \(status.reasonPhrase)\r\nDate: ")
        }
        buffer.writeBytes(currentDate())
        // RFC 9110 forbids a length on 204, and on 304 it would be that of the body which is not sent.
        var needsLength = status != .noContent && status != .notModified
        for field in response.headers where field.name != .connection {
            if field.name == .contentLength {
                guard needsLength else { continue }
                needsLength = false
            }
            buffer.writeStaticString("\r\n")
            buffer.writeString(field.name.rawName)
            buffer.writeStaticString(": ")
            buffer.writeString(field.value)
        }
        if needsLength {
            buffer.writeStaticString("\r\nContent-Length: ")
            buffer.writeString(String(response.body.count))
        }
        buffer.writeStaticString(closes ? "\r\nConnection: close\r\n\r\n" : "\r\n\r\n")
        buffer.writeBytes(response.body)
        return buffer
    }

    /// `Mon, 23 Nov 2026 22:08:34 GMT` of the current second.
    private mutating func currentDate() -> [UInt8] {
        let now = time(nil)
        if now != dateSecond || date.isEmpty {
            dateSecond = now
            date = Array(HTTPDate.text(unixSeconds: Int64(now)).utf8)
        }
        return date
    }
}
