package import FoundationEssentials

/// What batches have stored about the shop's data: data sets with their summaries, and pages about what was judged.
///
/// A page about data reads this and no event: the summary is made while a data set is written, once for each data cut. For ten million
/// events that pass takes about a minute, in housekeeping; reading its summary takes two lists of some hundred names and one object of
/// at most some hundred kB.
package struct StoredData: Sendable {
    package struct DataSet: Sendable, Equatable {
        package var folder: String
        package var createdAt: Date?
        /// Of its files together.
        package var bytes: Int
    }

    package struct Report: Sendable, Equatable {
        package var jobID: String
        package var path: String
        package var createdAt: Date
        package var bytes: Int
    }

    private let blobs: any BlobStore

    package init(blobs: any BlobStore) {
        self.blobs = blobs
    }

    /// A name of the store for people, without secrets.
    package var location: String { blobs.location }

    /// Complete data sets, newest first.
    package func dataSets() async throws -> [DataSet] {
        let objects = try await blobs.list(prefix: SnapshotWriter.prefix)
        return SnapshotFolders.complete(among: objects).reversed().map { folder in
            DataSet(
                folder: folder,
                createdAt: SnapshotFolders.moment(of: folder),
                bytes: objects.filter { $0.path.hasPrefix(folder + "/") }.reduce(0) { $0 + $1.size }
            )
        }
    }

    /// What a data set says of itself; nil when it was removed meanwhile or another version of the program wrote it.
    package func summary(of folder: String) async throws -> SnapshotSummary? {
        guard let bytes = try await bytes(of: "\(folder)/\(SnapshotWriter.summaryName)") else { return nil }
        return try? ManifestJSON.decode(SnapshotSummary.self, from: bytes)
    }

    /// nil of an object that is not there.
    private func bytes(of path: String) async throws -> [UInt8]? {
        do throws(BlobStoreError) { return try await blobs.get(path) } catch {
            guard error.code == .notFound else { throw error }
            return nil
        }
    }

    private static let page = "evaluation.html"

    /// Pages about what was judged, newest first.
    package func reports(limit: Int) async throws -> [Report] {
        let objects = try await blobs.list(prefix: "reports/")
        let found = objects.compactMap { object -> Report? in
            let parts = object.path.split(separator: "/")
            guard parts.count == 3, parts[2] == Self.page else { return nil }
            return Report(jobID: String(parts[1]), path: object.path, createdAt: object.modified, bytes: object.size)
        }
        return Array(found.sorted { ($1.createdAt, $1.jobID) < ($0.createdAt, $0.jobID) }.prefix(limit))
    }

    /// The page about what a job judged; nil when there is none.
    package func report(of jobID: String) async throws -> [UInt8]? {
        try await bytes(of: "reports/\(jobID)/\(Self.page)")
    }
}
