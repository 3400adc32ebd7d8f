/// User-based nearest neighbours: an item scores the similarity-weighted sum over the most similar users who have it.
///
/// Resnick et al., "GroupLens" (CSCW 1994), with the cosine and without mean centring, as fits implicit feedback.
/// Neighbours are found for a *profile*, so a person needs no training row; a person who has one is simply their own
/// closest neighbour, which adds nothing to a list of new items.
public struct UserKNN: Recommender {
    /// Stored name of the algorithm.
    public static let algorithm = "user_knn"

    /// How the model is applied.
    public struct Options: Sendable, Equatable {
        /// Most similar users that are asked.
        public var neighbours: Int
        /// Added to the denominator of the cosine: pulls down similarities that few items support.
        public var shrinkage: Float

        /// Options; 100 neighbours and no shrinkage by default.
        public init(neighbours: Int = 100, shrinkage: Float = 0) {
            precondition(neighbours > 0, "at least one neighbour is needed")
            precondition(shrinkage >= 0 && shrinkage.isFinite, "shrinkage must be at least 0")
            self.neighbours = neighbours
            self.shrinkage = shrinkage
        }
    }

    /// The options of the model.
    public let options: Options
    /// Users × items, as fitted.
    public let users: CSRMatrix
    /// Items × users, the transpose.
    let items: CSRMatrix
    /// Euclidean length of each user's row.
    let norms: [Float]

    /// Number of items.
    public var itemCount: Int { users.columnCount }

    init(options: Options, users: CSRMatrix) {
        self.options = options
        self.users = users
        self.items = users.transposed()
        self.norms = users.rowNorms()
    }

    /// Keeps the matrix and prepares its transpose and norms: O(entries). The neighbours are found when asked for.
    /// - Throws: ``FitError`` for a matrix without entries or with a value that is not finite.
    public static func fit(_ matrix: CSRMatrix, options: Options = Options()) throws(FitError) -> Self {
        try matrix.checkFittable()
        return UserKNN(options: options, users: matrix)
    }

    /// A workspace for this model: 8 bytes a user and 12 an item.
    public func makeScratch() -> Scratch { Scratch(itemCount: itemCount, userCount: users.rowCount) }

    /// The matrix as scipy stores one, with the options beside it.
    public func archive() -> NPZArchive {
        var archive = users.archive()
        archive.arrays.append(NPYArray(name: "algorithm", string: Self.algorithm))
        archive.arrays.append(NPYArray(name: "neighbours", number: Double(options.neighbours)))
        archive.arrays.append(NPYArray(name: "shrinkage", number: Double(options.shrinkage)))
        return archive
    }

    /// Restores a model, checking the matrix.
    public init(archive: NPZArchive) throws(ArchiveError) {
        try archive.require(algorithm: Self.algorithm)
        let matrix = try CSRMatrix(archive: archive)
        let neighbours = try archive.integer("neighbours", in: 1...Int(Int32.max))
        let shrinkage = try archive.nonNegative("shrinkage")
        self.init(options: Options(neighbours: neighbours, shrinkage: shrinkage), users: matrix)
    }
}
