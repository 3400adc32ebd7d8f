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
        switch try require(name).storage {
        case .float32(let values): return values
        case .matrix(let matrix): return matrix.values
        default: throw wrongType(name, "<f4")
        }
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

    private func wrongType(_ name: String, _ expected: String) -> ArchiveError {
        ArchiveError(.wrongType, name, "has another element type than \(expected)")
    }
}

extension NPZArchive {
    /// Reads a `.npz` file, as `numpy.savez`, `numpy.savez_compressed` and `scipy.sparse.save_npz` write them.
    ///
    /// Never traps: anything malformed is an error. Memory is bounded by the file's size, and by 1032 times a
    /// compressed member's, which is as far as the format can go.
    public init(bytes: [UInt8]) throws(ArchiveError) {
        let zip = try ZipReader(bytes)
        var arrays: [NPYArray] = []
        var names: Set<String> = []
        for member in zip.members {
            guard member.name.hasSuffix(".npy") else {
                throw ArchiveError(.unsupported, member.name, "is not a .npy member")
            }
            let name = String(member.name.dropLast(4))
            guard names.insert(name).inserted else { throw ArchiveError(.corrupt, name, "is there twice") }
            arrays.append(try NPYArray(name: name, bytes: zip.contents(of: member)))
        }
        self.init(arrays)
    }

    /// The file as bytes: members stored without compression, checksummed, openable by `numpy.load`.
    ///
    /// The same arrays give the same bytes. Cost: O(bytes).
    /// - Throws: ``ArchiveError`` when a member or the file would pass 4 GB.
    public func serialized() throws(ArchiveError) -> [UInt8] {
        var zip = ZipWriter(reserving: arrays.reduce(0) { $0 + $1.serializedSize + 4 * $1.name.utf8.count + 256 })
        for array in arrays { try zip.append(name: array.name + ".npy") { array.serialize(to: &$0) } }
        return try zip.finish()
    }
}

extension NPZArchive {
    /// Adds strings as two arrays: all UTF-8 bytes, and under `<name>_indptr` where each string starts and ends.
    ///
    /// numpy's own string arrays pad each element to the longest, so that one long name would cost as much for all.
    mutating func append(strings: [String], name: String) {
        var bytes: [UInt8] = []
        var indptr = [0]
        for string in strings {
            bytes += string.utf8
            indptr.append(bytes.count)
        }
        arrays.append(NPYArray(name: name, shape: [bytes.count], storage: .uint8(bytes)))
        arrays.append(NPYArray(name: name + "_indptr", indptr))
    }

    /// Strings that ``append(strings:name:)`` wrote. Throws when an array is missing or the bytes are no UTF-8.
    func strings(_ name: String) throws(ArchiveError) -> [String] {
        guard case .uint8(let bytes) = try require(name).storage else { throw wrongType(name, "|u1") }
        let indptr = try integers(name + "_indptr")
        guard indptr.first == 0, indptr.last == bytes.count, zip(indptr, indptr.dropFirst()).allSatisfy({ $0 <= $1 })
        else { throw ArchiveError(.invalidContents, name + "_indptr", "does not cut the bytes into strings") }
        var strings: [String] = []
        strings.reserveCapacity(indptr.count - 1)
        for (start, end) in zip(indptr, indptr.dropFirst()) {
            guard let string = String(validating: bytes[start..<end], as: UTF8.self) else {
                throw ArchiveError(.invalidContents, name, "string \(strings.count) is not UTF-8")
            }
            strings.append(string)
        }
        return strings
    }
}

extension NPZArchive {
    /// Adds the arrays of a model that is part of another one, their names behind a prefix.
    mutating func append(_ part: NPZArchive, under prefix: String) {
        for var array in part.arrays {
            array.name = prefix + array.name
            arrays.append(array)
        }
    }

    /// The arrays whose names begin with a prefix, without it.
    func part(_ prefix: String) -> NPZArchive {
        NPZArchive(
            arrays.filter { $0.name.hasPrefix(prefix) }
                .map { NPYArray(name: String($0.name.dropFirst(prefix.count)), shape: $0.shape, storage: $0.storage) }
        )
    }

    /// Refuses an archive of another algorithm.
    func require(algorithm: String) throws(ArchiveError) {
        let found = try string("algorithm")
        guard found == algorithm else {
            throw ArchiveError(.invalidContents, "algorithm", "is \(found), \(algorithm) was asked for")
        }
    }

    /// A whole number stored as a float, within bounds.
    func integer(_ name: String, in bounds: ClosedRange<Int>) throws(ArchiveError) -> Int {
        guard let value = Int(exactly: try number(name)), bounds.contains(value) else {
            throw ArchiveError(.invalidContents, name, "is not a whole number of \(bounds)")
        }
        return value
    }

    /// A number of at least 0 that a `Float` holds.
    func nonNegative(_ name: String) throws(ArchiveError) -> Float {
        let value = Float(try number(name))
        guard value >= 0, value.isFinite else {
            throw ArchiveError(.invalidContents, name, "is not a finite number of at least 0")
        }
        return value
    }

    /// The one seed.
    func seed() throws(ArchiveError) -> UInt64 {
        let seeds = try integers("seed")
        guard seeds.count == 1 else { throw ArchiveError(.wrongShape, "seed", "must be one number") }
        return UInt64(bitPattern: Int64(seeds[0]))
    }

    private static let models: [any Recommender.Type] = [
        ItemKNN.self, UserKNN.self, HybridRecommender.self, DemandWeighted.self, WeightScaled.self, EASE.self,
        ImplicitALS.self, RP3Beta.self, BasketModel.self, SessionModel.self, OwnHistory.self, TruncatedSVD.self,
        PopularityModel.self,
        ContentModel.self,
    ]

    /// The model of whatever algorithm the archive names.
    public func recommender() throws(ArchiveError) -> any Recommender {
        let name = try string("algorithm")
        guard let model = Self.models.first(where: { $0.algorithm == name }) else {
            throw ArchiveError(.invalidContents, "algorithm", "is \(name), which is not known")
        }
        return try model.init(archive: self)
    }
}
