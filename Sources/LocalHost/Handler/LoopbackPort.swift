import Foundation

/// TCP ports of 127.0.0.1.
enum LoopbackPort {
    /// A port nobody listens on now, below the range from which the system serves outgoing connections (32768 and up):
    /// the handler keeps its port over restarts, and a connection must not take it in between.
    ///
    /// - Throws: `HostFailure` when the system gives none.
    static func free() throws(HostFailure) -> Int {
        for _ in 0..<100 {
            let port = Int.random(in: 20_000...32_767)
            if obstacle(to: port) == nil { return port }
        }
        switch bind(0) {
        case .bound(let port): return port
        case .refused(let errorNumber):
            throw HostFailure("the system has no free port on 127.0.0.1: \(String(cString: strerror(errorNumber)))")
        }
    }

    /// What keeps a server from listening on `port` now, as an error number (EADDRINUSE: it is taken; EACCES: it is
    /// closed to this user); nil when nothing does.
    static func obstacle(to port: Int) -> Int32? {
        if case .refused(let errorNumber) = bind(port) { errorNumber } else { nil }
    }

    /// The program that listens on `port`, such as "python3, process 4711", from /proc; nil when it cannot be found.
    static func occupant(of port: Int) -> String? {
        guard let inode = listeningSocket(on: port) else { return nil }
        let processes = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        // The oldest first: a child of the owner holds the socket, too, for the moment before it becomes its program.
        for process in processes.compactMap({ Int($0) }).sorted() {
            let folder = "/proc/\(process)/fd"
            for descriptor in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
                let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\(descriptor)")
                guard target == "socket:[\(inode)]" else { continue }
                let name = (try? String(contentsOfFile: "/proc/\(process)/comm", encoding: .utf8)) ?? "a program"
                return "\(name.trimmingCharacters(in: .whitespacesAndNewlines)), process \(process)"
            }
        }
        return nil
    }

    /// The inode of the socket in LISTEN (0A) on `port`, on any address.
    private static func listeningSocket(on port: Int) -> String? {
        for table in ["/proc/net/tcp", "/proc/net/tcp6"] {
            guard let text = readWhole(table) else { continue }
            for line in text.split(separator: "\n").dropFirst() {
                let fields = line.split(separator: " ")
                guard fields.count > 9, fields[3] == "0A",
                    let hex = fields[1].split(separator: ":").last, Int(hex, radix: 16) == port
                else { continue }
                return String(fields[9])
            }
        }
        return nil
    }

    /// A file of /proc up to its end: it comes a page at a time, and Foundation takes a short read for the end.
    private static func readWhole(_ path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
            bytes += buffer[..<count]
        }
    }

    private enum Outcome {
        case bound(Int)
        case refused(Int32)
    }

    /// Listens and closes; returns the bound port.
    private static func bind(_ port: Int) -> Outcome {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return .refused(errno) }
        defer { close(descriptor) }
        // As the server does: a port in TIME_WAIT counts as free.
        var reuse: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &reuse, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(truncatingIfNeeded: port)).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { Foundation.bind(descriptor, $0, length) }
        }
        guard bound == 0, listen(descriptor, 1) == 0 else { return .refused(errno) }
        _ = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        return .bound(Int(UInt16(bigEndian: address.sin_port)))
    }
}
