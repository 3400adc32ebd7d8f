import FoundationEssentials
import Glibc

/// A file on disk. What is no regular file (a pipe) is copied to a temporary file first, so that it too can be read twice.
package struct FileSource: ByteSource {
    /// An open file, closed with its last reader.
    private final class Descriptor {
        let number: Int32
        init(_ number: Int32) { self.number = number }
        deinit { close(number) }
    }

    package let name: String
    private let descriptor: Descriptor
    private let size: Int
    private var position = 0

    package var fractionRead: Double? { size > 0 ? min(1, Double(position) / Double(size)) : nil }

    /// Opens the file; a directory or a missing file is an error here, not at the first read.
    /// - Parameter temporaryDirectory: for the copy of a pipe; nil is the system's (`TMPDIR`).
    package init(path: String, temporaryDirectory: String? = nil) throws(ImportError) {
        let opened = open(path, O_RDONLY | O_CLOEXEC)
        guard opened >= 0 else { throw Self.failure(path, errno) }
        let file = Descriptor(opened)
        var status = stat()
        guard fstat(opened, &status) == 0 else { throw Self.failure(path, errno) }
        name = path
        switch status.st_mode & S_IFMT {
        case S_IFDIR: throw ImportError(.cannotRead, file: path, "is a directory, not a file")
        case S_IFREG: (descriptor, size) = (file, Int(status.st_size))
        default:
            let directory = temporaryDirectory ?? FileManager.default.temporaryDirectory.path
            (descriptor, size) = try Self.copyToTemporaryFile(file, path, in: directory)
        }
    }

    package mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(ImportError) -> Int {
        while true {
            let count = pread(descriptor.number, buffer.baseAddress, buffer.count, position)
            if count >= 0 {
                position += count
                return count
            }
            let code = errno
            guard code == EINTR else { throw Self.failure(name, code) }
        }
    }

    package func fromStart() -> any ByteSource {
        var copy = self
        copy.position = 0
        return copy
    }

    private static func failure(_ path: String, _ code: Int32, _ what: String = "cannot be read") -> ImportError {
        ImportError(
            .cannotRead,
            file: path,
            "\(what): \(strerror(code).map { String(cString: $0) } ?? "error \(code)")"
        )
    }

    /// The file has no name any more when this returns: it goes with the last reader.
    private static func copyToTemporaryFile(
        _ input: Descriptor,
        _ path: String,
        in directory: String
    ) throws(ImportError) -> (Descriptor, Int) {
        func failure(_ code: Int32) -> ImportError {
            Self.failure(path, code, "cannot be copied to a temporary file in \(directory)")
        }
        var template = Array("\(directory)/recshop-import.XXXXXX".utf8CString)
        let created = mkstemp(&template)
        guard created >= 0 else { throw failure(errno) }
        let output = Descriptor(created)
        unlink(template)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)
        defer { buffer.deallocate() }
        var size = 0
        while true {
            let count = Glibc.read(input.number, buffer.baseAddress, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Self.failure(path, errno) }
            if count == 0 { return (output, size) }
            var written = 0
            while written < count {
                let rest = UnsafeRawBufferPointer(rebasing: buffer[written..<count])
                let step = write(created, rest.baseAddress, rest.count)
                if step < 0, errno == EINTR { continue }
                guard step >= 0 else { throw failure(errno) }
                written += step
            }
            size += count
        }
    }

    // MARK: Text that may be compressed

    /// Opens a text file that may be compressed with gzip. What counts is how the file begins, not what it is called.
    /// - Throws: for what is no text, naming the format and what to do.
    package static func openText(path: String) throws(ImportError) -> any ByteSource {
        let file = try FileSource(path: path)
        let first = try file.firstBytes(recognisedBytes)
        guard first.starts(with: gzipMagic) else {
            try refuseForeignFormat(first, file: path, isInsideGzip: false)
            return file
        }
        let text = GzipReader(file)
        try refuseForeignFormat(try text.firstBytes(recognisedBytes), file: path, isInsideGzip: true)
        return text
    }

    private static let gzipMagic: [UInt8] = [0x1F, 0x8B]
    private static let recognisedBytes = 4_096

    private static func refuseForeignFormat(
        _ first: [UInt8],
        file: String,
        isInsideGzip: Bool
    ) throws(ImportError) {
        let found: String? =
            isInsideGzip && first.starts(with: gzipMagic)
            ? "a gzip file: decompress it once" : foreignFormat(first)
        guard let found else { return }
        throw ImportError(.notText, file: file, isInsideGzip ? "holds, inside its gzip, \(found)" : "is \(found)")
    }

    /// The format that bytes are in and what to do about it; nil for what may be CSV text.
    private static func foreignFormat(_ first: [UInt8]) -> String? {
        let signatures: [(bytes: [UInt8], what: String)] = [
            ([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1], "an Excel workbook (.xls): export it as CSV (UTF-8)"),
            (Array("BZh".utf8), "compressed with bzip2 (.bz2): decompress it with bunzip2, or use gzip"),
            ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], "compressed with xz: decompress it with unxz, or use gzip"),
            ([0x28, 0xB5, 0x2F, 0xFD], "compressed with zstd: decompress it with unzstd, or use gzip"),
            (Array("PAR1".utf8), "a Parquet file: export it as CSV (UTF-8)"),
            // Before UTF-16, whose mark is the beginning of this one.
            ([0xFF, 0xFE, 0x00, 0x00], "UTF-32 text: save it as UTF-8"),
            ([0x00, 0x00, 0xFE, 0xFF], "UTF-32 text: save it as UTF-8"),
            ([0xFF, 0xFE], "UTF-16 text: save it as UTF-8"), ([0xFE, 0xFF], "UTF-16 text: save it as UTF-8"),
        ]
        if first.starts(with: [0x50, 0x4B, 0x03, 0x04]) {
            // The name of the archive's first entry is at byte 30; a workbook begins with one of these.
            let name = String(decoding: first.dropFirst(30).prefix(32), as: UTF8.self)
            let isWorkbook = ["[Content_Types].xml", "_rels/", "xl/", "docProps/"].contains { name.hasPrefix($0) }
            return isWorkbook
                ? "an Excel workbook (.xlsx): export it as CSV (UTF-8)" : "a zip archive: unpack the CSV file in it"
        }
        if let known = signatures.first(where: { first.starts(with: $0.bytes) }) { return known.what }
        return isUTF16(first) ? "UTF-16 text without a byte order mark: save it as UTF-8" : nil
    }

    /// Whether every other byte of the beginning is zero often enough, and no byte between them ever is.
    private static func isUTF16(_ first: [UInt8]) -> Bool {
        var zeros = (even: 0, odd: 0)
        for (index, byte) in first.enumerated() where byte == 0 {
            if index.isMultiple(of: 2) { zeros.even += 1 } else { zeros.odd += 1 }
        }
        guard min(zeros.even, zeros.odd) == 0 else { return false }
        return max(zeros.even, zeros.odd) >= max(2, first.count / 8)
    }
}
