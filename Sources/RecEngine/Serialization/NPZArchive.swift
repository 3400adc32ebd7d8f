/// Named arrays in one file, as `numpy.savez` writes them: a zip of `.npy` members.
public struct NPZArchive: Sendable, Equatable {
    /// The arrays, in file order.
    public var arrays: [NPYArray]

    /// An archive of given arrays; names are unique (precondition).
    public init(_ arrays: [NPYArray] = []) {
        precondition(Set(arrays.map(\.name)).count == arrays.count, "array names must be unique")
        self.arrays = arrays
    }

    /// The array of a name, nil when there is none.
    public subscript(name: String) -> NPYArray? {
        arrays.first { $0.name == name }
    }

    /// 32-bit floats of a name. Throws when the array is missing or of another type.
    public func floats(_ name: String) throws(ArchiveError) -> [Float] {
        guard case .float32(let values) = try require(name).storage else { throw wrongType(name, "<f4") }
        return values
    }

    /// 64-bit floats of a name. Throws when the array is missing or of another type.
    public func doubles(_ name: String) throws(ArchiveError) -> [Double] {
        guard case .float64(let values) = try require(name).storage else { throw wrongType(name, "<f8") }
        return values
    }

    /// 32-bit integers of a name. Throws when the array is missing or of another type.
    public func int32s(_ name: String) throws(ArchiveError) -> [Int32] {
        guard case .int32(let values) = try require(name).storage else { throw wrongType(name, "<i4") }
        return values
    }

    /// Integers of a name, stored with 32 or 64 bits. Throws when the array is missing or of another type.
    public func integers(_ name: String) throws(ArchiveError) -> [Int] {
        switch try require(name).storage {
        case .int32(let values): return values.map(Int.init)
        case .int64(let values): return values.map(Int.init)
        default: throw wrongType(name, "<i8")
        }
    }

    /// The single string of a name, from bytes or text. Throws when the array is missing or of another type.
    public func string(_ name: String) throws(ArchiveError) -> String {
        switch try require(name).storage {
        case .bytes(let values, _) where values.count == 1: return String(decoding: values[0], as: UTF8.self)
        case .text(let values, _) where values.count == 1: return values[0]
        default: throw wrongType(name, "one string")
        }
    }

    /// The single 64-bit float of a name. Throws when the array is missing, of another type or has more elements.
    public func number(_ name: String) throws(ArchiveError) -> Double {
        let values = try doubles(name)
        guard values.count == 1 else {
            throw ArchiveError(.wrongShape, name, "has \(values.count) elements, 1 is needed")
        }
        return values[0]
    }

    private func require(_ name: String) throws(ArchiveError) -> NPYArray {
        guard let array = self[name] else { throw ArchiveError(.missingArray, name, "the archive has no such array") }
        return array
    }

    private func wrongType(_ name: String, _ wanted: String) -> ArchiveError {
        ArchiveError(.wrongType, name, "has another element type than \(wanted)")
    }
}
