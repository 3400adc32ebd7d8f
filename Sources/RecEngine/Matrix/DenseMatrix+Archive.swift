extension NPYArray {
    /// A two-dimensional array of 32-bit floats. Copies the elements.
    public init(name: String, _ matrix: DenseMatrix) {
        self.init(name: name, shape: [matrix.rowCount, matrix.columnCount], storage: .float32(matrix.values))
    }
}

extension NPZArchive {
    /// The matrix of a name: two-dimensional, 32-bit floats, all of them finite.
    public func matrix(_ name: String) throws(ArchiveError) -> DenseMatrix {
        let values = try floats(name)
        guard let shape = self[name]?.shape, shape.count == 2 else {
            throw ArchiveError(.wrongShape, name, "is not two-dimensional")
        }
        guard shape.allSatisfy({ $0 <= Int(Int32.max) }) else {
            throw ArchiveError(.wrongShape, name, "has a dimension above 2³¹ − 1")
        }
        let matrix = DenseMatrix(rowCount: shape[0], columnCount: shape[1], values: values)
        guard matrix.isFinite else { throw ArchiveError(.invalidContents, name, "holds a NaN or infinite value") }
        return matrix
    }
}
