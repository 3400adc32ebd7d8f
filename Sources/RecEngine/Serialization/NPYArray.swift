/// One named array of an archive: a shape and elements in row-major order, of the types numpy and this engine share.
public struct NPYArray: Sendable, Equatable {
    /// Elements by type; the numpy name is given with each.
    public enum Storage: Sendable, Equatable {
        /// `<f4`
        case float32([Float])
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
