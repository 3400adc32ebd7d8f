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
        guard let array = self[name] else { throw ArchiveError(.missingArray, name, "the archive has no such array") }
        guard case .uint8(let bytes) = array.storage else {
            throw ArchiveError(.wrongType, name, "has another element type than |u1")
        }
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
