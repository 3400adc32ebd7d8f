import Testing
import TextFormats

@Suite("CRC-64 of the Blob service")
struct CRC64Tests {
    @Test(
        "published values",
        arguments: [("", 0), ("123456789", 0xAE8B14860A799888), ("hello", 0x3377857006524257)] as [(String, UInt64)]
    )
    func published(text: String, expected: UInt64) {
        #expect(CRC64(Array(text.utf8)).value == expected)
    }

    @Test("any cut into pieces gives the same, gone through in turn or combined")
    func pieces() {
        let bytes = Self.bytes(10_007)
        let whole = CRC64(bytes)
        for cut in Array(0...200) + [4_096, 9_900, 10_006, 10_007] {
            let (head, tail) = (Array(bytes[..<cut]), Array(bytes[cut...]))
            var running = CRC64(head)
            tail.withUnsafeBytes { running.update($0) }
            #expect(running == whole)
            #expect(CRC64(head).followed(by: CRC64(tail), count: tail.count) == whole)
        }
    }

    @Test("the fast way gives what dividing bit by bit gives, for every length")
    func byDefinition() {
        let bytes = Self.bytes(700)
        var register = UInt64.max
        for (index, byte) in bytes.enumerated() {
            #expect(CRC64(Array(bytes[..<index])) == CRC64(value: ~register))
            register ^= UInt64(byte)
            for _ in 0..<8 { register = register & 1 == 0 ? register >> 1 : register >> 1 ^ 0x9A6C_9329_AC4B_C9B5 }
        }
    }

    @Test("one turned bit gives another checksum, wherever it is")
    func turnedBit() {
        let bytes = Self.bytes(1_000)
        let whole = CRC64(bytes)
        for place in 0..<bytes.count {
            var other = bytes
            other[place] ^= 0x10
            #expect(CRC64(other) != whole)
        }
    }

    /// The same bytes each time, none of them in a row that repeats.
    private static func bytes(_ count: Int) -> [UInt8] {
        var state: UInt64 = 1
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 56)
        }
    }
}
