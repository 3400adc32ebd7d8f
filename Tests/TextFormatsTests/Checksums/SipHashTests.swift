import Testing
import TextFormats

@Suite("SipHash")
struct SipHashTests {
    private let hash = SipHash(key: Array(0..<16))

    @Test("codes are those of the paper's reference implementation")
    func reference() {
        // Key and messages are the bytes 0, 1, 2, …; the paper's appendix A gives the code of 15 bytes.
        #expect(hash.code(of: Array(0..<15)) == 0xA129_CA61_49BE_45E5)
        #expect(hash.code(of: []) == 0x726F_DB47_DD0E_0E31)
        #expect(hash.code(of: Array(0..<8)) == 0x93F5_F579_9A93_2462)
    }

    @Test("every bit of the message counts")
    func bits() {
        let message = Array("r-0123456789abcdef-12.7.1".utf8)
        let code = hash.code(of: message)
        for byte in message.indices {
            for bit in 0..<8 {
                var other = message
                other[byte] ^= 1 << bit
                #expect(hash.code(of: other) != code)
            }
        }
    }
}
