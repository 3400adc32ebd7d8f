import HTTPTypes
import Hummingbird
import NIOCore

/// A response's body in one piece; every body of ours is a buffer already.
enum WholeBody {
    /// - Returns: what was written; a body that fails half-way is cut there.
    static func of(_ response: Response) async -> ByteBuffer {
        let collector = Collector()
        try? await response.body.write(collector)
        return collector.buffer
    }

    /// Used by one task at a time: the one that writes the body.
    private final class Collector: ResponseBodyWriter {
        var buffer = ByteBuffer()

        func write(_ part: ByteBuffer) async throws {
            if buffer.readableBytes == 0 { buffer = part } else { buffer.writeImmutableBuffer(part) }
        }

        func finish(_: HTTPFields?) async throws {}
    }
}
