import Hummingbird
import NIOCore

/// A request body that ends in an error past the host's limit of 100 MB.
struct LimitedBody: AsyncSequence, Sendable {
    typealias Element = ByteBuffer

    /// The host's default; the app setting FUNCTIONS_REQUEST_BODY_SIZE_LIMIT (bytes) changes it.
    static let defaultLimit = 100 * 1024 * 1024
    static let setting = "FUNCTIONS_REQUEST_BODY_SIZE_LIMIT"

    let base: RequestBody
    let limit: Int

    struct AsyncIterator: AsyncIteratorProtocol {
        var base: RequestBody.AsyncIterator
        var left: Int

        mutating func next() async throws -> ByteBuffer? { try await next(isolation: nil) }

        mutating func next(isolation actor: isolated (any Actor)?) async throws -> ByteBuffer? {
            guard let buffer = try await base.next(isolation: actor) else { return nil }
            left -= buffer.readableBytes
            guard left >= 0 else { throw BodyTooLarge() }
            return buffer
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(base: base.makeAsyncIterator(), left: limit) }

    /// The whole body.
    func collect() async throws -> ByteBuffer {
        var whole = ByteBuffer()
        for try await var part in self { whole.writeBuffer(&part) }
        return whole
    }
}

/// The request body is over the limit: 413.
struct BodyTooLarge: Error {}
