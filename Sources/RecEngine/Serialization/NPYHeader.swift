/// What stands before the elements of a `.npy` file.
struct NPYHeader {
    /// numpy's name of the element type.
    let descriptor: String
    let shape: [Int]
    /// Product of the shape.
    let count: Int
    /// Where the elements start.
    let dataOffset: Int

    init(_ bytes: [UInt8], name: String) throws(ArchiveError) {
        let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
        guard bytes.count >= 10, Array(bytes[0..<6]) == magic, (1...3).contains(bytes[6]) else {
            throw ArchiveError(.corrupt, name, "is not a .npy file of format 1 to 3")
        }
        var reader = ByteReader(bytes, at: 8)
        let length = bytes[6] == 1 ? try reader.uint16() : try reader.uint32()
        let range = try reader.take(length)
        dataOffset = range.upperBound
        var literal = Literal(Array(bytes[range]))
        guard let fields = literal.dictionary(), case .string(let descriptor)? = fields["descr"],
            case .bool(let isFortran)? = fields["fortran_order"], case .tuple(let shape)? = fields["shape"]
        else { throw ArchiveError(.corrupt, name, "has a header that is not numpy's") }
        guard !isFortran || shape.count < 2 else { throw ArchiveError(.unsupported, name, "is in Fortran order") }
        var count = 1
        for dimension in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: dimension)
            guard !overflow else { throw ArchiveError(.corrupt, name, "has a shape beyond all bounds") }
            count = product
        }
        self.descriptor = descriptor
        self.shape = shape
        self.count = count
    }

    /// The elements, nil when the type is not known or the bytes are not exactly `count` of them.
    func readStorage(_ bytes: [UInt8]) -> NPYArray.Storage? {
        switch descriptor {
        case "<f4": return copy(bytes, 4, Float(0)).map { .float32($0) }
        case "<f8": return copy(bytes, 8, Double(0)).map { .float64($0) }
        case "<i4": return copy(bytes, 4, Int32(0)).map { .int32($0) }
        case "<i8": return copy(bytes, 8, Int64(0)).map { .int64($0) }
        case "|u1": return copy(bytes, 1, UInt8(0)).map { .uint8($0) }
        default: return readText(bytes)
        }
    }

    private func readText(_ bytes: [UInt8]) -> NPYArray.Storage? {
        guard let width = Int(descriptor.dropFirst(2)), width > 0 else { return nil }
        if descriptor.hasPrefix("|S"), fits(bytes, width) {
            let values = (0..<count).map { element in
                let start = dataOffset + element * width
                return Array(bytes[start..<start + width].trimmingZeros)
            }
            return .bytes(values, width: width)
        }
        guard descriptor.hasPrefix("<U"), width <= Int.max / 4, fits(bytes, 4 * width),
            let scalars = copy(bytes, 4, UInt32(0), count: count * width)
        else { return nil }
        var values: [String] = []
        for element in 0..<count {
            var value = String.UnicodeScalarView()
            for scalar in scalars[element * width..<(element + 1) * width].trimmingZeros {
                guard let scalar = Unicode.Scalar(scalar) else { return nil }
                value.append(scalar)
            }
            values.append(String(value))
        }
        return .text(values, width: width)
    }

    private func fits(_ bytes: [UInt8], _ size: Int) -> Bool {
        let (total, overflow) = count.multipliedReportingOverflow(by: size)
        return !overflow && total == bytes.count - dataOffset
    }

    private func copy<Element: BitwiseCopyable>(
        _ bytes: [UInt8],
        _ size: Int,
        _ zero: Element,
        count: Int? = nil
    ) -> [Element]? {
        let count = count ?? self.count
        let (total, overflow) = count.multipliedReportingOverflow(by: size)
        guard !overflow, total == bytes.count - dataOffset else { return nil }
        return [Element](unsafeUninitializedCapacity: count) { buffer, initialized in
            bytes.withUnsafeBytes { source in
                UnsafeMutableRawBufferPointer(buffer).copyMemory(
                    from: UnsafeRawBufferPointer(rebasing: source[dataOffset...])
                )
            }
            initialized = count
        }
    }
}

extension RandomAccessCollection where Element: BinaryInteger {
    /// The elements without the zeros at the end.
    fileprivate var trimmingZeros: SubSequence {
        var end = endIndex
        while end > startIndex, self[index(before: end)] == 0 { end = index(before: end) }
        return self[startIndex..<end]
    }
}

/// The little of Python's literals that numpy's headers need.
private struct Literal {
    enum Value {
        case string(String), bool(Bool), tuple([Int])
    }

    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// `{'key': value, …}` followed by white space.
    mutating func dictionary() -> [String: Value]? {
        var fields: [String: Value] = [:]
        guard accept("{") else { return nil }
        while !accept("}") {
            guard let key = string(), accept(":"), let value = value(), fields[key] == nil else { return nil }
            fields[key] = value
            if !accept(",") {
                guard accept("}") else { return nil }
                break
            }
        }
        skipSpace()
        return position == bytes.count ? fields : nil
    }

    private mutating func value() -> Value? {
        if let text = string() { return .string(text) }
        if accept("True") { return .bool(true) }
        if accept("False") { return .bool(false) }
        guard accept("(") else { return nil }
        var dimensions: [Int] = []
        while !accept(")") {
            guard let number = number() else { return nil }
            dimensions.append(number)
            if !accept(",") {
                guard accept(")") else { return nil }
                break
            }
        }
        return .tuple(dimensions)
    }

    private mutating func string() -> String? {
        skipSpace()
        guard position < bytes.count, bytes[position] == 0x27 || bytes[position] == 0x22 else { return nil }
        guard let end = bytes[(position + 1)...].firstIndex(of: bytes[position]) else { return nil }
        let text = String(decoding: bytes[(position + 1)..<end], as: UTF8.self)
        position = end + 1
        return text
    }

    private mutating func number() -> Int? {
        skipSpace()
        let start = position
        while position < bytes.count, (0x30...0x39).contains(bytes[position]) { position += 1 }
        return Int(String(decoding: bytes[start..<position], as: UTF8.self))
    }

    private mutating func accept(_ token: String) -> Bool {
        skipSpace()
        guard bytes[position...].starts(with: token.utf8) else { return false }
        position += token.utf8.count
        return true
    }

    private mutating func skipSpace() {
        while position < bytes.count, bytes[position] == 0x20 || bytes[position] == 0x0A { position += 1 }
    }
}
