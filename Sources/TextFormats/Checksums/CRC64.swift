import CKernels

/// CRC-64/NVME, the checksum of the Blob service: reflected polynomial 0x9A6C9329AC4BC9B5, start and end all ones
/// (NVM Command Set Specification 1.0, section 5.2.1.3.4).
package struct CRC64: Sendable, Equatable {
    /// Of all bytes so far.
    package private(set) var value: UInt64

    /// The checksum of nothing.
    package init() { value = 0 }

    package init(value: UInt64) { self.value = value }

    /// The checksum of some bytes. Fast where the processor multiplies without carry (x86 with PCLMULQDQ), else by tables.
    package init(_ bytes: [UInt8]) {
        value = 0
        bytes.withUnsafeBytes { update($0) }
    }

    /// Goes on with more bytes: most by multiplication without carry, what is left sixteen at a time by table look-up
    /// ("slicing").
    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        var rest: (UInt64, UInt64) = (0, 0)
        let used = withUnsafeMutableBytes(of: &rest) { rest in
            Self.factors.withUnsafeBufferPointer { factors in
                ck_crc64_fold(
                    ~value,
                    bytes.baseAddress,
                    bytes.count,
                    factors.baseAddress,
                    rest.baseAddress?.assumingMemoryBound(to: UInt8.self)
                )
            }
        }
        guard used > 0 else { return look(bytes) }
        // The sixteen bytes go on from a register of 0.
        value = ~0
        withUnsafeBytes(of: rest) { look($0) }
        look(UnsafeRawBufferPointer(rebasing: bytes[used...]))
    }

    private mutating func look(_ bytes: UnsafeRawBufferPointer) {
        var register = ~value
        Self.tables.withUnsafeBufferPointer { tables in
            guard let base = bytes.baseAddress, let table = tables.baseAddress else { return }
            var offset = 0
            let whole = bytes.count & ~15
            while offset < whole {
                let low = UInt64(littleEndian: base.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) ^ register
                let high = UInt64(littleEndian: base.loadUnaligned(fromByteOffset: offset + 8, as: UInt64.self))
                register = Self.folded(low, table + 8 * 256) ^ Self.folded(high, table)
                offset += 16
            }
            while offset < bytes.count {
                let byte = base.load(fromByteOffset: offset, as: UInt8.self)
                register = (register >> 8) ^ table[Int(UInt8(truncatingIfNeeded: register) ^ byte)]
                offset += 1
            }
        }
        value = ~register
    }

    /// Eight bytes through eight tables, the last of which is for the byte that comes first.
    @inline(__always)
    private static func folded(_ word: UInt64, _ table: UnsafePointer<UInt64>) -> UInt64 {
        let first = table[7 * 256 + Int(word & 255)] ^ table[6 * 256 + Int(word >> 8 & 255)]
        let second = table[5 * 256 + Int(word >> 16 & 255)] ^ table[4 * 256 + Int(word >> 24 & 255)]
        let third = table[3 * 256 + Int(word >> 32 & 255)] ^ table[2 * 256 + Int(word >> 40 & 255)]
        let fourth = table[256 + Int(word >> 48 & 255)] ^ table[Int(word >> 56)]
        return first ^ second ^ third ^ fourth
    }

    /// The checksum of these bytes followed by others, from both checksums and the others' count. Cost: O(log count).
    package func followed(by other: CRC64, count: Int) -> CRC64 {
        CRC64(value: Self.product(Self.power(ofBytes: count), value) ^ other.value)
    }

    /// Sixteen digits, the highest first.
    package var hex: String { value.padded(to: 16, radix: 16) }

    // MARK: - Arithmetic

    private static let polynomial: UInt64 = 0x9A6C_9329_AC4B_C9B5

    /// x to the powers that ``ck_crc64_fold`` shifts by: 64 and 16 bytes, each for a first and a second half.
    private static let factors: [UInt64] = [575, 511, 191, 127].map { power in
        (0..<power).reduce(UInt64(1) << 63) { factor, _ in factor & 1 == 0 ? factor >> 1 : factor >> 1 ^ polynomial }
    }

    /// `tables[k * 256 + b]`: byte `b` followed by `k` zero bytes.
    private static let tables: [UInt64] = {
        var tables = [UInt64](repeating: 0, count: 16 * 256)
        for byte in 0..<256 {
            var register = UInt64(byte)
            for _ in 0..<8 { register = register & 1 == 0 ? register >> 1 : register >> 1 ^ polynomial }
            tables[byte] = register
        }
        for index in 256..<16 * 256 {
            let previous = tables[index - 256]
            tables[index] = previous >> 8 ^ tables[Int(previous & 255)]
        }
        return tables
    }()

    /// Product of two polynomials modulo the checksum's; the highest bit is the constant term.
    private static func product(_ left: UInt64, _ right: UInt64) -> UInt64 {
        var (sum, shifted, bit) = (UInt64(0), right, UInt64(1) << 63)
        while bit != 0 {
            if left & bit != 0 { sum ^= shifted }
            shifted = shifted & 1 == 0 ? shifted >> 1 : shifted >> 1 ^ polynomial
            bit >>= 1
        }
        return sum
    }

    /// x to the power of eight times `count`: what that many bytes shift by.
    private static func power(ofBytes count: Int) -> UInt64 {
        var (result, square, left) = (UInt64(1) << 63, UInt64(1) << 55, count)
        while left > 0 {
            if left & 1 == 1 { result = product(result, square) }
            square = product(square, square)
            left >>= 1
        }
        return result
    }
}
