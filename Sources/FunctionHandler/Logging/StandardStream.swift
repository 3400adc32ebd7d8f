import Glibc
import Synchronization

/// Standard output or error, written line by line.
///
/// stdout is a pipe to the host, which reads line by line: a line is written with as few writes as possible while a lock is
/// held, so lines of parallel requests never mix. A host that stops reading makes us wait here; that is the pipe's own
/// back-pressure, and dropping lines instead would hide the failure that caused it.
final class StandardStream: Sendable {
    static let output = StandardStream(descriptor: 1)
    static let error = StandardStream(descriptor: 2)

    private let descriptor: Int32
    private let lock = Mutex(())

    init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// Writes the bytes and a line feed. A closed pipe is ignored: nothing reads it any more.
    func writeLine(_ line: consuming [UInt8]) {
        line.append(UInt8(ascii: "\n"))
        let bytes = line
        lock.withLock { _ in
            bytes.withUnsafeBytes { buffer in
                var written = 0
                while written < buffer.count {
                    let count = write(descriptor, buffer.baseAddress?.advanced(by: written), buffer.count - written)
                    if count > 0 {
                        written += count
                    } else if errno == EAGAIN {
                        var poll = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                        _ = Glibc.poll(&poll, 1, 1_000)
                    } else if errno != EINTR {
                        return
                    }
                }
            }
        }
    }
}
