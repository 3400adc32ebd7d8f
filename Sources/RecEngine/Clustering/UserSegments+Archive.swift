extension UserSegments {
    /// Centroids, scales and assignments as named arrays; `init(archive:)` restores them to the bit.
    public func archive() -> NPZArchive {
        NPZArchive([
            NPYArray(name: "centroids", shape: [count, features], storage: .float32(clusters.centroids)),
            NPYArray(name: "mean", clusters.mean),
            NPYArray(name: "scales", scales),
            NPYArray(name: "assignments", assignments),
            NPYArray(name: "algorithm", string: Self.algorithm),
        ])
    }

    /// Restores segments; refuses arrays that do not fit together.
    public init(archive: NPZArchive) throws(ArchiveError) {
        try archive.require(algorithm: Self.algorithm)
        let centroids = try archive.floats("centroids")
        let shape = archive["centroids"]?.shape ?? []
        guard shape.count == 2, shape[0] > 0, shape[1] > 0, shape[0] <= Int(Int32.max) else {
            throw ArchiveError(.wrongShape, "centroids", "must be segments × features, at least one of each")
        }
        let mean = try archive.floats("mean")
        let scales = try archive.floats("scales")
        for (name, values) in [("mean", mean), ("scales", scales)] where values.count != shape[1] {
            throw ArchiveError(.wrongShape, name, "has \(values.count) elements, \(shape[1]) are needed")
        }
        for (name, values) in [("centroids", centroids), ("mean", mean), ("scales", scales)] {
            guard values.allSatisfy(\.isFinite) else {
                throw ArchiveError(.invalidContents, name, "holds a NaN or infinite value")
            }
        }
        let assignments = try archive.int32s("assignments")
        guard assignments.allSatisfy({ $0 >= 0 && Int($0) < shape[0] }) else {
            throw ArchiveError(.invalidContents, "assignments", "names a segment that is not there")
        }
        let clusters = KMeans(features: shape[1], centroids: centroids, mean: mean)
        self.init(clusters: clusters, scales: scales, assignments: assignments)
    }
}
