/// One named array of an archive: a shape and elements in row-major order, of the types numpy and this engine share.
public struct NPYArray: Sendable, Equatable {
    /// Elements by type; the numpy name is given with each.
    public enum Storage: Sendable, Equatable {
        /// `<f4`
        case float32([Float])
        /// `<f4`, the elements of a matrix without a copy.
        case matrix(DenseMatrix)
        /// `<f8`
        case float64([Double])
        /// `<i4`
        case int32([Int32])
        /// `<i8`
        case int64([Int64])
        /// `|u1`
        case uint8([UInt8])
        /// `|S<n>`: each element at most `width` bytes, without trailing zeros.
        case bytes([[UInt8]], width: Int)
        /// `<U<n>`: each element at most `width` Unicode scalars.
        case text([String], width: Int)

        /// Number of elements.
        public var count: Int {
            switch self {
            case .float32(let values): values.count
            case .matrix(let matrix): matrix.rowCount * matrix.columnCount
            case .float64(let values): values.count
            case .int32(let values): values.count
            case .int64(let values): values.count
            case .uint8(let values): values.count
            case .bytes(let values, _): values.count
            case .text(let values, _): values.count
            }
        }
    }

    /// Name within the archive, without `.npy`.
    public var name: String
    /// Lengths of the dimensions; empty for a single value.
    public var shape: [Int]
    /// The elements.
    public var storage: Storage

    /// An array of any shape. The product of the shape must be the number of elements (precondition).
    public init(name: String, shape: [Int], storage: Storage) {
        precondition(shape.allSatisfy { $0 >= 0 }, "negative dimension")
        precondition(shape.reduce(1, *) == storage.count, "shape does not match the number of elements")
        self.name = name
        self.shape = shape
        self.storage = storage
    }

    /// A one-dimensional array.
    public init(name: String, _ values: [Float]) {
        self.init(name: name, shape: [values.count], storage: .float32(values))
    }

    /// A one-dimensional array.
    public init(name: String, _ values: [Double]) {
        self.init(name: name, shape: [values.count], storage: .float64(values))
    }

    /// A one-dimensional array.
    public init(name: String, _ values: [Int32]) {
        self.init(name: name, shape: [values.count], storage: .int32(values))
    }

    /// A one-dimensional array.
    public init(name: String, _ values: [Int64]) {
        self.init(name: name, shape: [values.count], storage: .int64(values))
    }

    /// A one-dimensional array of 64-bit integers.
    public init(name: String, _ values: [Int]) {
        self.init(name: name, values.map(Int64.init))
    }

    /// A single string of ASCII or UTF-8 bytes, as scipy stores the name of a sparse format.
    public init(name: String, string: String) {
        let bytes = Array(string.utf8)
        self.init(name: name, shape: [], storage: .bytes([bytes], width: max(bytes.count, 1)))
    }

    /// A single number.
    public init(name: String, number: Double) {
        self.init(name: name, shape: [], storage: .float64([number]))
    }
}

#if _endian(big)
    #error("arrays are written as they lie in memory, which must be little endian")
#endif

extension NPYArray {
    /// Appends the array as a `.npy` file of format 1.0.
    func serialize(to bytes: inout [UInt8]) {
        let dimensions = shape.count == 1 ? "\(shape[0])," : shape.map(String.init).joined(separator: ", ")
        let header = "{'descr': '\(storage.descriptor)', 'fortran_order': False, 'shape': (\(dimensions)), }"
        // Magic, version and length take 10 bytes; numpy wants the data at a multiple of 64, after a line feed.
        let padding = 63 - (10 + header.utf8.count) % 64
        bytes += [0x93] + Array("NUMPY".utf8) + [1, 0]
        let length = header.utf8.count + padding + 1
        bytes += [UInt8(length & 0xFF), UInt8(length >> 8)]
        bytes += header.utf8
        bytes += [UInt8](repeating: 0x20, count: padding)
        bytes.append(0x0A)
        storage.append(to: &bytes)
    }

    /// Bytes of the `.npy` file, and some more.
    var serializedSize: Int { 256 + storage.byteCount }

    /// Reads a `.npy` file of format 1.0 to 3.0.
    init(name: String, bytes: [UInt8]) throws(ArchiveError) {
        let header = try NPYHeader(bytes, name: name)
        guard let storage = header.readStorage(bytes) else {
            throw ArchiveError(.corrupt, name, "the elements do not fit the header")
        }
        self.init(name: name, shape: header.shape, storage: storage)
    }
}

extension NPYArray.Storage {
    /// numpy's name of the element type.
    var descriptor: String {
        switch self {
        case .float32, .matrix: "<f4"
        case .float64: "<f8"
        case .int32: "<i4"
        case .int64: "<i8"
        case .uint8: "|u1"
        case .bytes(_, let width): "|S\(width)"
        case .text(_, let width): "<U\(width)"
        }
    }

    fileprivate var byteCount: Int {
        switch self {
        case .float32, .matrix, .int32: 4 * count
        case .float64, .int64: 8 * count
        case .uint8: count
        case .bytes(_, let width): width * count
        case .text(_, let width): 4 * width * count
        }
    }

    fileprivate func append(to bytes: inout [UInt8]) {
        switch self {
        case .float32(let values): values.withUnsafeBytes { bytes.append(contentsOf: $0) }
        case .matrix(let matrix):
            matrix.elements.withSpan { all in all.withUnsafeBytes { bytes.append(contentsOf: $0) } }
        case .float64(let values): values.withUnsafeBytes { bytes.append(contentsOf: $0) }
        case .int32(let values): values.withUnsafeBytes { bytes.append(contentsOf: $0) }
        case .int64(let values): values.withUnsafeBytes { bytes.append(contentsOf: $0) }
        case .uint8(let values): bytes += values
        case .bytes(let values, let width):
            for value in values {
                bytes += value.prefix(width)
                bytes += [UInt8](repeating: 0, count: max(0, width - value.count))
            }
        case .text(let values, let width):
            for value in values {
                var scalars = value.unicodeScalars.prefix(width).map(\.value)
                scalars += [UInt32](repeating: 0, count: width - scalars.count)
                scalars.withUnsafeBytes { bytes.append(contentsOf: $0) }
            }
        }
    }
}
