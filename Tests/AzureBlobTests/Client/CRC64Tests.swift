import AzureBlob
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
        for cut in [0, 1, 7, 8, 15, 16, 17, 4_096, 10_006, 10_007] {
            let (head, tail) = (Array(bytes[..<cut]), Array(bytes[cut...]))
            var running = CRC64(head)
            tail.withUnsafeBytes { running.update($0) }
            #expect(running == whole)
            #expect(CRC64(head).followed(by: CRC64(tail), count: tail.count) == whole)
        }
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
