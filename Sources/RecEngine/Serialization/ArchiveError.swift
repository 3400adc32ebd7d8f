/// Why bytes are not an archive, or an archive is not the model that was asked for.
public struct ArchiveError: Error, Equatable, Sendable {
    /// Kind of failure; cases may be added.
    public struct Code: Equatable, Sendable {
        private enum Value {
            case notAZip, unsupported, corrupt, missingArray, wrongType, wrongShape, invalidContents, tooLarge
        }
        private let value: Value
        private init(_ value: Value) { self.value = value }

        /// No zip directory, or one that points outside the bytes.
        public static let notAZip = Code(.notAZip)
        /// A zip or npy feature that is not read: encryption, big endian, objects, Fortran order of a matrix.
        public static let unsupported = Code(.unsupported)
        /// A checksum, length or header does not hold.
        public static let corrupt = Code(.corrupt)
        /// An array the model needs is not there.
        public static let missingArray = Code(.missingArray)
        /// An array is there with another element type.
        public static let wrongType = Code(.wrongType)
        /// An array is there with another number of elements.
        public static let wrongShape = Code(.wrongShape)
        /// The arrays are readable and do not make a valid model.
        public static let invalidContents = Code(.invalidContents)
        /// More than the zip format without its 64-bit extension can hold.
        public static let tooLarge = Code(.tooLarge)
    }

    /// Kind of failure.
    public let code: Code
    /// The array or zip entry concerned, empty when it is the file as a whole.
    public let name: String
    /// What was found, in words.
    public let reason: String

    init(_ code: Code, _ name: String, _ reason: String) {
        self.code = code
        self.name = name
        self.reason = reason
    }
}

extension ArchiveError: CustomStringConvertible {
    /// The error in words, with the array concerned.
    public var description: String {
        name.isEmpty ? reason : "\(name): \(reason)"
    }
}
