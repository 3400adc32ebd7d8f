extension ProductFeatures {
    /// The matrix as scipy stores one, with categories and prices beside it.
    public func archive() -> NPZArchive {
        var archive = matrix.archive()
        archive.arrays.append(NPYArray(name: "categories", categories))
        archive.append(strings: categoryNames, name: "category_names")
        archive.arrays.append(NPYArray(name: "prices", prices))
        return archive
    }

    /// Restores features; refuses columns of different length and categories without a name.
    public init(archive: NPZArchive) throws(ArchiveError) {
        let matrix = try CSRMatrix(archive: archive)
        let categories = try archive.int32s("categories")
        let names = try archive.strings("category_names")
        let prices = try archive.floats("prices")
        guard categories.count == matrix.rowCount else {
            throw ArchiveError(
                .wrongShape,
                "categories",
                "has \(categories.count) elements for \(matrix.rowCount) items"
            )
        }
        guard categories.allSatisfy({ $0 >= -1 && Int($0) < names.count }) else {
            throw ArchiveError(.invalidContents, "categories", "holds a category without a name")
        }
        guard prices.count == matrix.rowCount else {
            throw ArchiveError(.wrongShape, "prices", "has \(prices.count) elements for \(matrix.rowCount) items")
        }
        self.init(matrix: matrix, categories: categories, categoryNames: names, prices: prices)
    }
}
