import Foundation
import Glibc
import Testing

@testable import RecPipeline

@Suite("Gzip and file sources")
struct ImportGzipTests {
    /// `one,two` and a line feed, as Python's `gzip.compress(…, mtime=0)` packs them.
    private let header: [UInt8] = [
        31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 203, 207, 75, 213, 41, 41, 207, 231, 2, 0, 66, 209, 59, 92, 8, 0, 0, 0,
    ]

    private func readAll(_ source: any ByteSource, chunk: Int = 16) throws -> String {
        var source = source
        var bytes: [UInt8] = []
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: chunk, alignment: 1)
        defer { buffer.deallocate() }
        while case let count = try source.read(into: buffer), count > 0 { bytes += buffer[..<count] }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func withFile<T>(_ bytes: [UInt8], _ body: (String) throws -> T) throws -> T {
        var template = Array("/tmp/recshop-import.XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        try #require(descriptor >= 0)
        let path = template.withUnsafeBufferPointer { String(cString: $0.baseAddress.unsafelyUnwrapped) }
        defer { unlink(path) }
        let written = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        close(descriptor)
        try #require(written == bytes.count)
        return try body(path)
    }

    @Test("inflates, across any chunk size", arguments: [1, 3, 64])
    func inflates(chunk: Int) throws {
        #expect(try readAll(GzipReader(MemorySource(header, largestRead: chunk)), chunk: chunk) == "one,two\n")
    }

    @Test("members after one another are one text")
    func members() throws {
        #expect(try readAll(GzipReader(MemorySource(header + header))) == "one,two\none,two\n")
    }

    @Test("a file cut short anywhere is an error, never a short file")
    func truncated() throws {
        for length in 0..<header.count {
            let source = GzipReader(MemorySource(Array(header[..<length])))
            let error = try #require(throws: ImportError.self, "cut at \(length)") { try readAll(source) }
            #expect(error.code == .truncatedGzip, "cut at \(length)")
        }
    }

    @Test("a changed byte in the data or its checksum is an error")
    func corrupt() throws {
        for index in [10, 14, header.count - 8, header.count - 2] {
            var damaged = header
            damaged[index] ^= 0x55
            let error = try #require(throws: ImportError.self, "byte \(index)") {
                try readAll(GzipReader(MemorySource(damaged)))
            }
            #expect(error.code == .corruptGzip || error.code == .truncatedGzip)
        }
    }

    @Test("a file is recognised by how it begins, whatever its name")
    func magic() throws {
        #expect(try withFile(header) { try readAll(FileSource.openText(path: $0)) } == "one,two\n")
        #expect(try withFile(Array("one,two\n".utf8)) { try readAll(FileSource.openText(path: $0)) } == "one,two\n")
        #expect(try withFile([0x61]) { try readAll(FileSource.openText(path: $0)) } == "a")
    }

    private static func utf16(_ text: String, bigEndian: Bool) -> [UInt8] {
        text.utf16.flatMap { unit -> [UInt8] in
            let (high, low) = (UInt8(unit >> 8), UInt8(unit & 0xFF))
            return bigEndian ? [high, low] : [low, high]
        }
    }

    @Test("what is no CSV text is named, in a file and inside gzip")
    func foreignFormats() throws {
        let header = "user_id,product_id,interaction_type\nanna,p-1,view\n"
        let zip: [UInt8] = [0x50, 0x4B, 3, 4] + Array(repeating: 0, count: 26)
        let cases: [(bytes: [UInt8], name: String)] = [
            (zip + Array("[Content_Types].xml".utf8), "an Excel workbook (.xlsx)"),
            (zip + Array("orders.csv".utf8), "a zip archive"),
            ([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, 0], "an Excel workbook (.xls)"),
            (Array("BZh91AY&SY".utf8), "bzip2"), ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0], "xz"),
            ([0xFF, 0xFE] + Self.utf16(header, bigEndian: false), "UTF-16"),
            ([0xFE, 0xFF] + Self.utf16(header, bigEndian: true), "UTF-16"),
            (Self.utf16(header, bigEndian: false), "UTF-16"), (Self.utf16(header, bigEndian: true), "UTF-16"),
            (Self.utf16("a,b", bigEndian: false), "UTF-16"),
        ]
        for (bytes, name) in cases {
            for packed in [bytes, try gzip(bytes)] {
                let error = try #require(throws: ImportError.self, "\(name)") {
                    try withFile(packed) { try readAll(FileSource.openText(path: $0)) }
                }
                #expect(error.code == .notText)
                #expect(error.message.contains(name), "\(error)")
            }
        }
        let twice = try #require(throws: ImportError.self) {
            try withFile(try gzip(try gzip(Array(header.utf8)))) { try readAll(FileSource.openText(path: $0)) }
        }
        #expect(twice.message.contains("a gzip file"))
        // A NUL or two in a text are a fault of their lines, not of the file.
        let text = try withFile(Array("a,b\n1,\u{0}\n".utf8)) { try readAll(FileSource.openText(path: $0)) }
        #expect(text.utf8.count == 8)
    }

    /// The bytes as one stored block: what a gzip file is to a reader, without a compressor in the test.
    private func gzip(_ bytes: [UInt8]) throws -> [UInt8] {
        var crc: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
        }
        func little(_ value: UInt32, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(value >> (8 * $0) & 0xFF) } }
        let length = UInt32(bytes.count)
        return [31, 139, 8, 0, 0, 0, 0, 0, 0, 3, 1] + little(length, 2) + little(~length & 0xFFFF, 2) + bytes
            + little(~crc, 4) + little(length, 4)
    }

    @Test(
        "zeros behind the compressed data are ignored as gzip ignores them, anything else is damage",
        arguments: [1, 5, 64]
    )
    func trailingZeros(chunk: Int) throws {
        let padded = header + header + Array(repeating: 0, count: 1_000)
        #expect(try readAll(GzipReader(MemorySource(padded, largestRead: chunk))) == "one,two\none,two\n")
        for tail: [UInt8] in [[1], [0, 0, 7], [0] + header] {
            let error = try #require(throws: ImportError.self) {
                try readAll(GzipReader(MemorySource(header + tail, largestRead: chunk)))
            }
            #expect(error.code == .corruptGzip || error.code == .truncatedGzip, "\(tail)")
        }
    }

    @Test("a pipe that cannot be copied names the directory that has no room for it")
    func pipeWithoutRoom() throws {
        let error = #expect(throws: ImportError.self) {
            try FileSource(path: "/dev/null", temporaryDirectory: "/no/such/directory")
        }
        let reason = "cannot be copied to a temporary file in /no/such/directory: No such file or directory"
        #expect(error?.message == reason)
    }

    @Test("a file and a pipe can be read a second time while they are read")
    func fromStart() throws {
        try withFile(try gzip(Array("one,two\n".utf8))) { path in
            var source = try FileSource.openText(path: path)
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 3, alignment: 1)
            defer { buffer.deallocate() }
            #expect(try source.read(into: buffer) == 3)
            #expect(try readAll(try source.fromStart()) == "one,two\n")
            #expect(try readAll(source) == ",two\n")
        }
        let pipe = "/tmp/recshop-import-pipe.\(getpid())"
        unlink(pipe)
        try #require(mkfifo(pipe, 0o600) == 0)
        defer { unlink(pipe) }
        let writer = Thread {
            let descriptor = open(pipe, O_WRONLY)
            _ = "three,four\n".withCString { write(descriptor, $0, 11) }
            close(descriptor)
        }
        writer.start()
        let source = try FileSource.openText(path: pipe)
        #expect(try readAll(try source.fromStart()) == "three,four\n")
        #expect(try readAll(source) == "three,four\n")
    }

    @Test("a missing file and a directory are errors that say so")
    func unreadable() throws {
        let missing = try #require(throws: ImportError.self) { try FileSource.openText(path: "/nowhere/at-all.csv") }
        #expect(missing.description == "/nowhere/at-all.csv: cannot be read: No such file or directory")
        let directory = try #require(throws: ImportError.self) { try FileSource.openText(path: "/tmp") }
        #expect(directory.message == "is a directory, not a file")
    }
}
