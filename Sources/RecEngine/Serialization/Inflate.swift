/// DEFLATE decompression (RFC 1951), because scipy compresses what it saves unless told not to.
struct Inflate {
    private let bytes: [UInt8]
    private var place: Int
    private let end: Int
    private var bits: UInt32 = 0
    private var bitCount = 0
    private var output: [UInt8] = []
    private let size: Int

    /// The decompressed bytes, nil when the stream is malformed or does not give exactly `size` bytes.
    static func inflate(_ bytes: [UInt8], _ range: Range<Int>, size: Int) -> [UInt8]? {
        // Deflate cannot grow data more than 1032 times: a larger claim is refused before memory is taken for it.
        guard size >= 0, size / 1032 <= range.count else { return nil }
        var inflate = Inflate(bytes: bytes, place: range.lowerBound, end: range.upperBound, size: size)
        inflate.output.reserveCapacity(size)
        guard inflate.run(), inflate.output.count == size else { return nil }
        return inflate.output
    }

    private init(bytes: [UInt8], place: Int, end: Int, size: Int) {
        self.bytes = bytes
        self.place = place
        self.end = end
        self.size = size
    }

    private mutating func run() -> Bool {
        while true {
            guard let isLast = take(1), let kind = take(2) else { return false }
            switch kind {
            case 0: guard copyStored() else { return false }
            case 1: guard decode(Self.fixedLiterals, Self.fixedDistances) else { return false }
            case 2:
                guard let (literals, distances) = readTables(), decode(literals, distances) else { return false }
            default: return false
            }
            if isLast == 1 { return true }
        }
    }

    /// The next bits, lowest first, nil at the end of the input.
    private mutating func take(_ count: Int) -> Int? {
        while bitCount < count {
            guard place < end else { return nil }
            bits |= UInt32(bytes[place]) << UInt32(bitCount)
            place += 1
            bitCount += 8
        }
        let value = Int(bits & ((1 << UInt32(count)) - 1))
        bits >>= UInt32(count)
        bitCount -= count
        return value
    }

    private mutating func copyStored() -> Bool {
        // At most 7 bits are left over from the last byte; whole bytes are not read ahead.
        bits = 0
        bitCount = 0
        guard let length = take(16), let complement = take(16), length ^ complement == 0xFFFF else { return false }
        guard length <= end - place, length <= size - output.count else { return false }
        output += bytes[place..<place + length]
        place += length
        return true
    }

    private mutating func decode(_ literals: Huffman, _ distances: Huffman) -> Bool {
        while true {
            guard let symbol = next(literals) else { return false }
            if symbol < 256 {
                guard output.count < size else { return false }
                output.append(UInt8(symbol))
            } else if symbol == 256 {
                return true
            } else {
                guard copyMatch(symbol - 257, distances) else { return false }
            }
        }
    }

    private mutating func copyMatch(_ code: Int, _ distances: Huffman) -> Bool {
        guard code < Self.lengthBase.count, let lengthExtra = take(Self.lengthBits[code]),
            let distanceCode = next(distances), distanceCode < Self.distanceBase.count,
            let distanceExtra = take(Self.distanceBits[distanceCode])
        else { return false }
        let length = Self.lengthBase[code] + lengthExtra
        let distance = Self.distanceBase[distanceCode] + distanceExtra
        guard distance <= output.count, length <= size - output.count else { return false }
        // Byte by byte: the source may reach into what is being written.
        for _ in 0..<length { output.append(output[output.count - distance]) }
        return true
    }

    /// The next symbol of a code, one bit at a time through the canonical ordering.
    private mutating func next(_ huffman: Huffman) -> Int? {
        var code = 0
        var first = 0
        var index = 0
        for length in 1...15 {
            guard let bit = take(1) else { return nil }
            code |= bit
            let count = huffman.counts[length]
            if code - first < count { return huffman.symbols[index + code - first] }
            index += count
            first = (first + count) << 1
            code <<= 1
        }
        return nil
    }

    private mutating func readTables() -> (Huffman, Huffman)? {
        guard let literalExtra = take(5), let distanceExtra = take(5), let codeExtra = take(4) else { return nil }
        let literalCount = literalExtra + 257
        let total = literalCount + distanceExtra + 1
        var codeLengths = [Int](repeating: 0, count: 19)
        for position in 0..<codeExtra + 4 {
            guard let length = take(3) else { return nil }
            codeLengths[Self.codeOrder[position]] = length
        }
        guard let code = Huffman(lengths: codeLengths[...]) else { return nil }
        var lengths: [Int] = []
        while lengths.count < total {
            guard let symbol = next(code), let (value, count) = repetition(symbol, last: lengths.last) else {
                return nil
            }
            for _ in 0..<count { lengths.append(value) }
        }
        guard lengths.count == total, let literals = Huffman(lengths: lengths[..<literalCount]),
            let distances = Huffman(lengths: lengths[literalCount...])
        else { return nil }
        return (literals, distances)
    }

    private mutating func repetition(_ symbol: Int, last: Int?) -> (value: Int, count: Int)? {
        switch symbol {
        case 16:
            guard let last, let extra = take(2) else { return nil }
            return (last, 3 + extra)
        case 17: return take(3).map { (0, 3 + $0) }
        case 18: return take(7).map { (0, 11 + $0) }
        default: return (symbol, 1)
        }
    }

    private static let codeOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
    private static let lengthBase = [
        3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227,
        258,
    ]
    private static let lengthBits = [
        0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
    ]
    private static let distanceBase = [
        1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097,
        6145, 8193, 12289, 16385, 24577,
    ]
    private static let distanceBits = [
        0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
    ]
    private static let fixedLiterals = Huffman(
        complete: (0..<288).map { $0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8 }
    )
    private static let fixedDistances = Huffman(complete: [Int](repeating: 5, count: 30))
}

/// A canonical Huffman code: how many codes there are of each length, and the symbols in order of their codes.
private struct Huffman {
    var counts = [Int](repeating: 0, count: 16)
    var symbols: [Int] = []

    /// Nil when the lengths claim more codes than there are.
    init?(lengths: ArraySlice<Int>) {
        self.init(complete: Array(lengths))
        var left = 1
        for length in 1...15 {
            left = left << 1 - counts[length]
            if left < 0 { return nil }
        }
    }

    init(complete lengths: [Int]) {
        for length in lengths where length > 0 { counts[length] += 1 }
        symbols = lengths.indices.filter { lengths[$0] > 0 }.sorted { (lengths[$0], $0) < (lengths[$1], $1) }
    }
}
