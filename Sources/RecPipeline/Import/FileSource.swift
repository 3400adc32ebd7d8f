import Glibc

/// A file on disk, read with plain `read(2)`.
package final class FileSource: ByteSource {
    package let name: String
    private let descriptor: Int32
    /// 0 for a pipe, whose length nobody knows.
    private let size: Int
    private var position = 0

    package var fractionRead: Double? { size > 0 ? min(1, Double(position) / Double(size)) : nil }

    /// Opens the file; a directory or a missing file is an error here, not at the first read.
    package init(path: String) throws(ImportError) {
        name = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        var status = stat()
        // Both before the first throw, so that every property has its value.
        let isKnown = descriptor >= 0 && fstat(descriptor, &status) == 0
        let code = errno
        size = isKnown && status.st_mode & S_IFMT == S_IFREG ? Int(status.st_size) : 0
        guard descriptor >= 0 else { throw ImportError(.cannotRead, file: path, Self.reason(code)) }
        guard isKnown else { throw ImportError(.cannotRead, file: path, Self.reason(code)) }
        guard status.st_mode & S_IFMT != S_IFDIR else {
            throw ImportError(.cannotRead, file: path, "is a directory, not a file")
        }
    }

    deinit {
        close(descriptor)
    }

    package func read(into buffer: UnsafeMutableRawBufferPointer) throws(ImportError) -> Int {
        while true {
            let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            if count >= 0 {
                position += count
                return count
            }
            let code = errno
            guard code == EINTR else { throw ImportError(.cannotRead, file: name, Self.reason(code)) }
        }
    }

    private static func reason(_ code: Int32) -> String {
        "cannot be read: " + (strerror(code).map { String(cString: $0) } ?? "error \(code)")
    }

    /// Opens a text file that may be compressed. What counts is how the file begins, not what it is called.
    package static func openText(path: String) throws(ImportError) -> any ByteSource {
        var source = try FileSource(path: path)
        var first = [UInt8](repeating: 0, count: 4)
        // A pipe cannot be rewound, so the first bytes go in front of the rest instead.
        var count = 0
        while count < first.count {
            let got = try source.read(into: &first, count..<first.count)
            if got == 0 { break }
            count += got
        }
        first.removeLast(first.count - count)
        if first.starts(with: [0x50, 0x4B, 0x03, 0x04]) {
            throw ImportError(.notText, file: path, "is a zip archive or a spreadsheet: export it as CSV (UTF-8)")
        }
        if first.starts(with: [0xFF, 0xFE]) || first.starts(with: [0xFE, 0xFF]) {
            throw ImportError(.notText, file: path, "is UTF-16 text: save it as UTF-8")
        }
        let whole = PrefixedSource(prefix: first, rest: source)
        return first.starts(with: [0x1F, 0x8B]) ? GzipReader(whole) : whole
    }
}

/// The bytes that were read to recognise a file, then the rest of it.
private struct PrefixedSource: ByteSource {
    var prefix: [UInt8]
    let rest: FileSource

    var name: String { rest.name }
    var fractionRead: Double? { rest.fractionRead }

    mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(ImportError) -> Int {
        guard !prefix.isEmpty else { return try rest.read(into: buffer) }
        let count = min(prefix.count, buffer.count)
        buffer.copyBytes(from: prefix[..<count])
        prefix.removeFirst(count)
        return count
    }
}
