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
    /// The same arrays give the same bytes. Cost: O(bytes); the file exists twice in memory for a moment.
    /// - Throws: ``ArchiveError`` when a member or the file would pass 4 GB.
    public func serialized() throws(ArchiveError) -> [UInt8] {
        var zip = ZipWriter()
        for array in arrays { try zip.append(name: array.name + ".npy", contents: array.serialized()) }
        return try zip.finish()
    }
}
