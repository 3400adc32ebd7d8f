import Synchronization

/// The address LocalHost is reached at; known once the server listens (`--port 0` takes any).
final class OriginBox: Sendable {
    private let port = Atomic<Int>(0)

    var value: String { "http://127.0.0.1:\(port.load(ordering: .relaxed))" }

    func set(port: Int) { self.port.store(port, ordering: .relaxed) }
}
