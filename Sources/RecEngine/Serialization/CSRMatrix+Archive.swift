extension CSRMatrix {
    /// The matrix as `scipy.sparse.save_npz` names its parts, so that `scipy.sparse.load_npz` opens the file.
    public func archive() -> NPZArchive {
        let isSmall = nonZeroCount <= Int(Int32.max)
        return NPZArchive([
            NPYArray(name: "indices", indices),
            isSmall ? NPYArray(name: "indptr", indptr.map(Int32.init)) : NPYArray(name: "indptr", indptr),
            NPYArray(name: "format", string: "csr"),
            NPYArray(name: "shape", [rowCount, columnCount]),
            NPYArray(name: "data", values),
        ])
    }

    /// A matrix from scipy's arrays: format csr, indices of 32 or 64 bits, data of 32 or 64 bits (rounded to 32).
    ///
    /// - Throws: when an array is missing or the contents break a rule of ``checkInvariants()``.
    public init(archive: NPZArchive) throws(ArchiveError) {
        let format = try archive.string("format")
        guard format == "csr" else { throw ArchiveError(.unsupported, "format", "is \(format), only csr is read") }
        let shape = try archive.integers("shape")
        let indptr = try archive.integers("indptr")
        guard shape.count == 2, shape.allSatisfy({ (0...Int(Int32.max)).contains($0) }) else {
            throw ArchiveError(.wrongShape, "shape", "is not two dimensions of at most 2³¹ − 1")
        }
        guard indptr.count == shape[0] + 1 else {
            throw ArchiveError(.wrongShape, "indptr", "has \(indptr.count) elements for \(shape[0]) rows")
        }
        let indices = try Self.indices(of: archive)
        let values = try Self.data(of: archive)
        guard indices.count == values.count else {
            throw ArchiveError(.wrongShape, "data", "has \(values.count) elements for \(indices.count) indices")
        }
        self.init(rowCount: shape[0], columnCount: shape[1], indptr: indptr, indices: indices, values: values)
        do {
            try checkInvariants()
        } catch {
            throw ArchiveError(.invalidContents, "indices", "\(error)")
        }
    }

    private static func indices(of archive: NPZArchive) throws(ArchiveError) -> [Int32] {
        if case .int32(let values)? = archive["indices"]?.storage { return values }
        let wide = try archive.integers("indices")
        guard wide.allSatisfy({ (0...Int(Int32.max)).contains($0) }) else {
            throw ArchiveError(.invalidContents, "indices", "holds an index outside 0 ..< 2³¹")
        }
        return wide.map(Int32.init)
    }

    private static func data(of archive: NPZArchive) throws(ArchiveError) -> [Float] {
        if case .float64(let values)? = archive["data"]?.storage { return values.map(Float.init) }
        return try archive.floats("data")
    }
}
