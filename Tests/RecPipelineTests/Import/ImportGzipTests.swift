import Glibc
import RecPipeline
import Testing

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
        for start: [UInt8] in [[0x50, 0x4B, 3, 4, 20], [0xFF, 0xFE, 0x61, 0]] {
            let error = try #require(throws: ImportError.self) {
                try withFile(start) { try readAll(FileSource.openText(path: $0)) }
            }
            #expect(error.code == .notText)
        }
    }

    @Test("a missing file and a directory are errors that say so")
    func unreadable() throws {
        let missing = try #require(throws: ImportError.self) { try FileSource.openText(path: "/nowhere/at-all.csv") }
        #expect(missing.description == "/nowhere/at-all.csv: cannot be read: No such file or directory")
        let directory = try #require(throws: ImportError.self) { try FileSource.openText(path: "/tmp") }
        #expect(directory.message == "is a directory, not a file")
    }
}
