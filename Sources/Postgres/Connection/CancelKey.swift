import CLibPQ
import Dispatch
import Threading

/// libpq's key to one server process: ends the statement that runs there, through a connection of its own.
final class CancelKey: Sendable {
    // Unsafe because the compiler cannot see that nothing writes to a PGcancel: libpq documents PQcancel as safe from any
    // thread and signal handler, and `deinit` frees the key after its last user.
    nonisolated(unsafe) private let pointer: OpaquePointer

    /// Nil when the connection is not up.
    init?(_ connection: OpaquePointer) {
        guard let key = PQgetCancel(connection) else { return nil }
        pointer = key
    }

    deinit { PQfreeCancel(pointer) }

    /// Sends a request from a thread of its own: libpq waits there, without any limit, until the server has passed it on.
    func send() -> CancelRequest {
        let request = CancelRequest()
        _ = PlatformThread(name: "postgres-cancel") {
            withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
                _ = PQcancel(self.pointer, buffer.baseAddress, 256)
            }
            request.finish()
        }
        return request
    }
}

/// A cancel request on its way to the server.
final class CancelRequest: Sendable {
    // A semaphore needs no file descriptor, of which none may be left.
    private let delivery = DispatchSemaphore(value: 0)

    func finish() { delivery.signal() }

    /// Blocks until the server has handled the request or it is known to be lost; false when the deadline comes first. Call
    /// it once.
    func wait(until deadline: ContinuousClock.Instant) -> Bool {
        let limit = DispatchTimeInterval.milliseconds(Int(ServerConnection.milliseconds(until: deadline)))
        return delivery.wait(timeout: .now() + limit) == .success
    }
}
