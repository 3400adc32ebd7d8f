/// Why bytes are not an archive, or an archive is not the model that was asked for.
public struct ArchiveError: Error, Equatable, Sendable {
    /// Kind of failure; cases may be added.
    public enum Code: Sendable {
        /// No zip directory, or one that points outside the bytes.
        case notAZip
        /// A zip or npy feature that is not read: encryption, big endian, objects, Fortran order of a matrix.
        case unsupported
        /// A checksum, length or header does not hold.
        case corrupt
        /// An array the model needs is not there.
        case missingArray
        /// An array is there with another element type.
        case wrongType
        /// An array is there with another number of elements.
        case wrongShape
        /// The arrays are readable and do not make a valid model.
        case invalidContents
        /// More than the zip format without its 64-bit extension can hold.
        case tooLarge
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
