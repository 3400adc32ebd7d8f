import Foundation
import Testing

@testable import RecPipeline

@Suite("How much of a file has been read")
struct FileProgressTests {
    /// `one,two` and a line feed, as Python's `gzip.compress(…, mtime=0)` packs them.
    private static let packed: [UInt8] = [
        31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 203, 207, 75, 213, 41, 41, 207, 231, 2, 0, 66, 209, 59, 92, 8, 0, 0, 0,
    ]

    private func fractions(_ bytes: [UInt8], chunk: Int) throws -> [Double?] {
        let path = NSTemporaryDirectory() + "file-progress-\(UUID().uuidString)"
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        var source = try FileSource.openText(path: path)
        var seen: [Double?] = []
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: chunk, alignment: 1)
        defer { buffer.deallocate() }
        while try source.read(into: buffer) > 0 { seen.append(source.fractionRead) }
        return seen
    }

    @Test("it grows from the first piece to one")
    func plain() throws {
        let seen = try fractions(Array(repeating: 0x61, count: 1_000), chunk: 100)
        let known = seen.compactMap(\.self)
        #expect(known.count == seen.count)
        #expect(known == known.sorted())
        #expect(known.first.map { $0 < 0.2 } == true)
        #expect(known.last == 1)
    }

    @Test("of a compressed file it is the part of the compressed bytes")
    func compressed() throws {
        #expect(try fractions(Self.packed, chunk: 100).last == 1)
    }

    @Test("of bytes without a length, and of an empty file, it is not known")
    func unknown() throws {
        #expect(MemorySource("a").fractionRead == nil)
        #expect(try FileSource(path: "/dev/null").fractionRead == nil)
    }
}
