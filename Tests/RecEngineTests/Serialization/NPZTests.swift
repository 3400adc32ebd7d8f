import RecEngine
import Testing

@Suite("NPZ archives")
struct NPZTests {
    private let everyType = NPZArchive([
        NPYArray(name: "f4", [1.5, -2, .greatestFiniteMagnitude] as [Float]),
        NPYArray(name: "f8", shape: [2, 3], storage: .float64([1, 2, 3, 4, 5, 6.5])),
        NPYArray(name: "i4", [Int32.min, 7]),
        NPYArray(name: "i8", [Int64.max, -1]),
        NPYArray(name: "u1", shape: [3], storage: .uint8([0, 128, 255])),
        NPYArray(name: "bytes", shape: [2], storage: .bytes([[97, 98], [99]], width: 4)),
        NPYArray(name: "text", shape: [2], storage: .text(["é", "xyz"], width: 3)),
        NPYArray(name: "single", number: 42),
        NPYArray(name: "format", string: "csr"),
        NPYArray(name: "empty", shape: [0, 3], storage: .float32([])),
    ])

    @Test("arrays of every type come back as they were written")
    func roundTrip() throws {
        let bytes = try everyType.serialized()
        #expect(try NPZArchive(bytes: bytes) == everyType)
        #expect(try everyType.serialized() == bytes)
        #expect(try NPZArchive(bytes: NPZArchive().serialized()) == NPZArchive())
    }

    @Test("elements start at a multiple of 64 bytes after the header, as numpy wants it")
    func alignment() throws {
        let bytes = try NPZArchive([NPYArray(name: "a", [Float(1)])]).serialized()
        // Local header of 30 bytes and the name "a.npy"; magic, version 1.0, header length, header.
        let start = 35
        #expect(Array(bytes[start..<start + 8]) == [0x93] + Array("NUMPY".utf8) + [1, 0])
        let length = Int(bytes[start + 8]) | Int(bytes[start + 9]) << 8
        #expect((10 + length) % 64 == 0)
        #expect(bytes[start + 10 + length - 1] == 0x0A)
        let header = String(decoding: bytes[(start + 10)..<(start + 10 + length)], as: UTF8.self)
        #expect(header.hasPrefix("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }"))
    }

    @Test("sparse matrices saved by scipy are read", arguments: [NPZFixtures.scipyCompressed, NPZFixtures.scipyStored])
    func scipy(fixture: String) throws {
        let matrix = try CSRMatrix(archive: NPZArchive(bytes: NPZFixtures.bytes(fixture)))
        #expect(matrix.dense == [[0, 1.5, 0, 2], [0, 0, 0, 0], [3, 0, 0.25, 0]])
    }

    @Test("arrays saved by numpy are read, compressed ones too")
    func numpy() throws {
        let archive = try NPZArchive(bytes: NPZFixtures.bytes(NPZFixtures.numpyCompressed))
        #expect(try archive.floats("f4") == [1, -2.5])
        #expect(archive["f8"] == NPYArray(name: "f8", shape: [2, 3], storage: .float64([1, 2, 3, 4, 5, 6.5])))
        #expect(try archive.int32s("i4") == [7, -8])
        #expect(archive["i8"] == NPYArray(name: "i8", shape: [], storage: .int64([1 << 40])))
        #expect(archive["u1"]?.storage == .uint8([0, 255]))
        #expect(archive["names"]?.storage == .bytes([[97, 98], [99, 100, 101]], width: 3))
        #expect(archive["words"]?.storage == .text(["é", "xyz"], width: 3))
        #expect(try archive.int32s("zeros") == [Int32](repeating: 0, count: 1000))
        #expect(archive["empty"]?.shape == [0, 3])
    }

    @Test("a matrix survives the way through a file")
    func matrix() throws {
        let matrix = RandomInputs.matrix(users: 30, items: 20, density: 0.1, seed: 101)
        #expect(try CSRMatrix(archive: NPZArchive(bytes: matrix.archive().serialized())) == matrix)
        let empty = CSRMatrix(rowCount: 0, columnCount: 0)
        #expect(try CSRMatrix(archive: NPZArchive(bytes: empty.archive().serialized())) == empty)
    }

    @Test("a matrix whose arrays break a rule is refused")
    func invalidMatrix() {
        func archive(_ indptr: [Int], _ indices: [Int32], _ data: [Float], shape: [Int] = [2, 3]) -> NPZArchive {
            NPZArchive([
                NPYArray(name: "format", string: "csr"), NPYArray(name: "shape", shape),
                NPYArray(name: "indptr", indptr), NPYArray(name: "indices", indices), NPYArray(name: "data", data),
            ])
        }
        #expect(throws: Never.self) { try CSRMatrix(archive: archive([0, 1, 2], [0, 2], [1, 1])) }
        let broken = [
            archive([0, 1, 2], [0, 3], [1, 1]), archive([0, 1, 2], [0, 2], [1, .nan]),
            archive([0, 2], [0, 2], [1, 1]),
            archive([0, 3, 2], [0, 2], [1, 1]), archive([0, 1, 2], [0, 2], [1]), archive([0, 1, 2], [0, -1], [1, 1]),
            archive([0, 2, 2], [2, 0], [1, 1]), archive([0, 1, 2], [0, 2], [1, 1], shape: [2, 3, 1]),
            archive([0, 1, 2], [0, 2], [1, 1], shape: [-2, 3]),
            archive([0, 1, 2], [0, 2], [1, 1], shape: [2, .max]),
        ]
        for archive in broken {
            #expect(throws: ArchiveError.self) { try CSRMatrix(archive: archive) }
        }
    }

    @Test("a single changed byte of the contents is noticed")
    func checksum() throws {
        var bytes = try NPZArchive([NPYArray(name: "a", [Float](repeating: 1, count: 100))]).serialized()
        bytes[300] ^= 1
        let error = #expect(throws: ArchiveError.self) { try NPZArchive(bytes: bytes) }
        #expect(error?.code == .corrupt)
        #expect(error?.name == "a.npy")
    }

    @Test("every truncation of a file is an error")
    func truncation() throws {
        let bytes = try everyType.serialized()
        for length in 0..<bytes.count {
            #expect(throws: ArchiveError.self) { try NPZArchive(bytes: Array(bytes[..<length])) }
        }
    }

    @Test(
        "random damage never crashes, neither the reader nor what is made of the arrays",
        arguments: [UInt64(111), 112]
    )
    func fuzz(seed: UInt64) async throws {
        print("fuzz seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        let model = try await ItemKNN.fit(RandomInputs.matrix(users: 9, items: 6, density: 0.4, seed: seed))
        let sources = [
            try everyType.serialized(), try model.archive().serialized(),
            NPZFixtures.bytes(NPZFixtures.scipyCompressed), NPZFixtures.bytes(NPZFixtures.numpyCompressed),
        ]
        var readable = 0
        for _ in 0..<4_000 {
            var bytes = sources[generator.below(sources.count)]
            for _ in 0...generator.below(4) {
                switch generator.below(4) {
                case 0: bytes[generator.below(bytes.count)] = UInt8(generator.below(256))
                case 1: bytes[generator.below(bytes.count)] ^= UInt8(1 << generator.below(8))
                case 2: bytes[generator.below(bytes.count)] = [0, 0xFF, 0x7F, 0x80][generator.below(4)]
                default: bytes.remove(at: generator.below(bytes.count))
                }
            }
            guard let archive = try? NPZArchive(bytes: bytes) else { continue }
            readable += 1
            _ = try? CSRMatrix(archive: archive)
            if let restored = try? archive.recommender() {
                _ = restored.recommend(Profile([ProfileEntry(item: 1, weight: 1)]), selection: Selection(count: 3))
            }
        }
        print("fuzz: \(readable) of 4000 damaged files were still readable")
    }

    @Test("headers that lie about shape and type are errors")
    func lyingHeaders() throws {
        let honest = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }"
        let lies = [
            "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (9223372036854775807, 9223372036854775807), }",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999999,), }",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (-2,), }",
            "{'descr': '<f4', 'fortran_order': True, 'shape': (1, 2), }",
            "{'descr': '>f4', 'fortran_order': False, 'shape': (2,), }",
            "{'descr': '|O', 'fortran_order': False, 'shape': (2,), }",
            "{'descr': '|S0', 'fortran_order': False, 'shape': (1000000000000,), }",
            "{'descr': '<U9223372036854775807', 'fortran_order': False, 'shape': (2,), }",
            "{'descr': '<f4', 'shape': (2,), }", "{'descr': '<f4'", "", "{", "{}", "(2,)",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), } import os",
        ]
        #expect(throws: Never.self) { try NPZArchive(bytes: fileWith(header: honest)) }
        for header in lies {
            #expect(throws: ArchiveError.self, "\(header)") { try NPZArchive(bytes: fileWith(header: header)) }
        }
    }

    /// A zip file whose one member is a `.npy` file with a given header and eight bytes of data.
    private func fileWith(header: String) throws -> [UInt8] {
        var contents: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0]
        contents += [UInt8(header.utf8.count & 0xFF), UInt8(header.utf8.count >> 8)]
        contents += Array(header.utf8) + [UInt8](repeating: 0, count: 8)
        return try ZipFile.single(name: "a.npy", contents: contents)
    }
}
