import AzureBlob
import Foundation
import Testing

@Suite("CRC-64 of the Blob service")
struct CRC64Tests {
    @Test(
        "published values",
        arguments: [("", "AAAAAAAAAAA="), ("123456789", "iJh5CoYUi64="), ("hello", "V0JSBnCFdzM=")]
    )
    func published(text: String, expected: String) {
        #expect(CRC64(Array(text.utf8)).base64 == expected)
        #expect(CRC64(base64: expected) == CRC64(Array(text.utf8)))
    }

    @Test("any cut into pieces gives the same, gone through in turn or combined")
    func pieces() {
        let bytes = ClientFixture.bytes(10_007)
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
        let bytes = ClientFixture.bytes(700)
        var register = UInt64.max
        for (index, byte) in bytes.enumerated() {
            #expect(CRC64(Array(bytes[..<index])) == CRC64(base64: Self.base64(~register)))
            register ^= UInt64(byte)
            for _ in 0..<8 { register = register & 1 == 0 ? register >> 1 : register >> 1 ^ 0x9A6C_9329_AC4B_C9B5 }
        }
    }

    private static func base64(_ value: UInt64) -> String {
        Data((0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * UInt64($0))) }).base64EncodedString()
    }

    @Test("one turned bit gives another checksum, wherever it is")
    func turnedBit() {
        let bytes = ClientFixture.bytes(1_000)
        let whole = CRC64(bytes)
        for place in 0..<bytes.count {
            var other = bytes
            other[place] ^= 0x10
            #expect(CRC64(other) != whole)
        }
    }
}
