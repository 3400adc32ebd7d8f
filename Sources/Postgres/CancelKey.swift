import CLibPQ
import Glibc
import Synchronization
import Threading

/// libpq's key to one server process: ends the statement that runs there, by a connection of its own.
///
/// It is a copy of what a cancel request needs and nothing writes to it, so any thread may use it, for as long as it likes.
final class CancelKey: Sendable {
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
    private let isDelivered = Atomic<Bool>(false)
    private let wake = WakeSignal()

    func finish() {
        isDelivered.store(true, ordering: .releasing)
        wake.signal()
    }

    /// Blocks until the request has reached the server process or is known to be lost; false when the deadline comes first.
    func wait(until deadline: ContinuousClock.Instant) -> Bool {
        var descriptor = pollfd(fd: wake.descriptor, events: Int16(POLLIN), revents: 0)
        while !isDelivered.load(ordering: .acquiring) {
            guard ContinuousClock.now < deadline else { return false }
            _ = poll(&descriptor, 1, ServerConnection.milliseconds(until: deadline))
        }
        return true
    }
}
