extension NPZArchive {
    /// Reads a `.npz` file. Never traps: anything malformed is an error.
    public init(bytes: [UInt8]) throws(ArchiveError) {
        throw ArchiveError(.unsupported, "", "reading is not there yet")
    }

    /// The file as bytes: members stored without compression, checksummed, openable by `numpy.load`.
    public func serialized() throws(ArchiveError) -> [UInt8] {
        throw ArchiveError(.unsupported, "", "writing is not there yet")
    }
}
