package import Foundation
package import Shop
import TextFormats

/// Writes the shop's data as files: `datasets/{timestamp}/{products,users,interactions}.csv.gz` and `summary.json`.
///
/// The files are in the columns that `import` reads, and importing them into an empty shop gives a shop whose data set has the
/// same bytes. Users have no name, no address and no preferences here. Rows stream from the database into temporary files;
/// memory holds the catalogue, the users' ids and two counters a row of them.
package struct SnapshotWriter: Sendable {
    /// Of every data set's folder.
    package static let prefix = "datasets/"
    static let summaryName = "summary.json"

    private let products: ProductRepository
    private let users: UserRepository
    private let interactions: InteractionRepository
    private let blobs: any BlobStore

    package init(
        products: ProductRepository,
        users: UserRepository,
        interactions: InteractionRepository,
        blobs: any BlobStore
    ) {
        self.products = products
        self.users = users
        self.interactions = interactions
        self.blobs = blobs
    }

    /// Writes a data set unless the newest one shows the same.
    /// - Parameters:
    ///   - moment: names the folder; nothing is read before it.
    ///   - dataCut: the last event in it.
    /// - Returns: the folder; nil when the newest one has this cut and this catalogue.
    package func write(at moment: Date, dataCut: Int64, codeVersion: String) async throws -> String? {
        // Read before the products: should they change meanwhile, the next call sees a newer version and writes again.
        let catalogueVersion = try await products.catalogueVersion()
        let objects = try await blobs.list(prefix: Self.prefix)
        if let newest = SnapshotFolders.complete(among: objects).last, let found = try await summary(newest),
            found.dataCut == dataCut,
            found.catalogueVersion == catalogueVersion, found.warnings != nil
        {
            return nil
        }
        let folder = SnapshotFolders.next(at: moment, besides: objects)
        var summary = SnapshotSummary(
            createdAt: Date(timeIntervalSince1970: moment.timeIntervalSince1970.rounded(.down)),
            dataCut: dataCut,
            catalogueVersion: catalogueVersion,
            codeVersion: codeVersion
        )
        let local = FileManager.default.temporaryDirectory.appendingPathComponent("dataset-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: local,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        defer { try? FileManager.default.removeItem(at: local) }
        let catalogue = try await writeProducts(local, &summary)
        let userIDs = try await writeUsers(local, &summary)
        try await writeInteractions(local, catalogue, userIDs, &summary)
        var written: [String] = []
        do {
            for file in summary.files {
                let path = "\(folder)/\(file.name)"
                try await blobs.put(
                    path,
                    file: local.appendingPathComponent(file.name).path,
                    if: .absent,
                    progress: nil
                )
                written.append(path)
            }
            try await blobs.put("\(folder)/\(Self.summaryName)", try ManifestJSON.encode(summary), if: .absent)
        } catch {
            // A full disk must not fill up with attempts. What cannot be removed now goes after a day, as after a kill.
            for path in written { try? await blobs.delete(path) }
            throw error
        }
        return folder
    }

    private func summary(_ folder: String) async throws -> SnapshotSummary? {
        let bytes = try await blobs.get("\(folder)/\(Self.summaryName)")
        // One that a newer or older program wrote says nothing here.
        return try? ManifestJSON.decode(SnapshotSummary.self, from: bytes)
    }

    // MARK: - Files

    private func writeProducts(_ folder: URL, _ summary: inout SnapshotSummary) async throws -> [Product] {
        let all = try await products.all()
        var file = try CSVWriter(
            "products.csv.gz",
            in: folder,
            header: "product_id,name,description,category,price,currency,stock,active,metadata"
        )
        for product in all {
            try file.row(
                product.productID,
                TextRule.productName.exported(product.name),
                TextRule.description.exported(product.description),
                TextRule.category.exported(product.category),
                Self.price(product.priceMinor),
                product.currency,
                String(product.stock),
                product.active ? "true" : "false",
                product.metadataJSON.nfc
            )
        }
        summary.files.append(try file.finish())
        summary.counts.products = all.count
        return all
    }

    private func writeUsers(_ folder: URL, _ summary: inout SnapshotSummary) async throws -> (KeyIndex, [String]) {
        var file = try CSVWriter("users.csv.gz", in: folder, header: "user_id,segment,created_at")
        var keys: [Int64] = []
        var ids: [String] = []
        var rows: [ExportedUser] = []
        // A file is not written from within the stream: the closure cannot take it along.
        try await users.export { rows.append($0) }
        for user in rows {
            keys.append(user.key)
            ids.append(user.userID)
            try file.row(user.userID, user.segment.flatMap(TextRule.segment.exported), Self.time(user.createdAt))
        }
        summary.files.append(try file.finish())
        summary.counts.users = ids.count
        return (KeyIndex(keys: keys), ids)
    }

    private func writeInteractions(
        _ folder: URL,
        _ catalogue: [Product],
        _ users: (keys: KeyIndex, ids: [String]),
        _ summary: inout SnapshotSummary
    ) async throws {
        let writer = try InteractionFile(
            in: folder,
            products: KeyIndex(keys: catalogue.map(\.key)),
            productIDs: catalogue.map(\.productID),
            users: users.keys,
            userIDs: users.ids,
            readAt: summary.createdAt
        )
        try await interactions.exportRecords(upTo: summary.dataCut) { try writer.add($0) }
        summary.files.append(try writer.finish())
        writer.describe(&summary, catalogue)
    }

    /// To the microsecond, as the database has it.
    private static func time(_ date: Date) -> String {
        Timestamp.text(unixMicroseconds: Int64((date.timeIntervalSince1970 * 1_000_000).rounded()))
    }

    /// Major units.
    private static func price(_ minor: Int64) -> String {
        let (whole, cents) = minor.magnitude.quotientAndRemainder(dividingBy: 100)
        return "\(minor < 0 ? "-" : "")\(whole).\(cents < 10 ? "0" : "")\(cents)"
    }
}

/// The names of data sets' folders.
enum SnapshotFolders {
    /// Folders of complete data sets, oldest first.
    static func complete(among objects: [BlobObject]) -> [String] {
        let folders = objects.map(\.path)
            .filter { $0.hasSuffix("/\(SnapshotWriter.summaryName)") }
            .map { String($0.dropLast(SnapshotWriter.summaryName.count + 1)) }
        // The store's order is that of bytes, where "…Z-2/" comes before "…Z/" and "…Z-10" before "…Z-2".
        return folders.sorted { name($0) < name($1) }
    }

    /// A new folder, `datasets/20260102T030405Z`; two in one second have names of their own, in the order of time.
    static func next(at moment: Date, besides objects: [BlobObject]) -> String {
        let base = SnapshotWriter.prefix + Timestamp.text(moment).filter { $0 != "-" && $0 != ":" }
        // Those of incomplete data sets count too: another process may be writing there.
        let folders = objects.compactMap { object in object.path.lastIndex(of: "/").map { object.path[..<$0] } }
        let taken = folders.map { name(String($0)) }.filter { $0.base == base }.map(\.number)
        // After the highest, not the first free one: earlier ones may have been removed, and the order is that of time.
        guard let highest = taken.max() else { return base }
        return base + "-\(highest + 1)"
    }

    /// When the data in a folder were read, from its name.
    static func moment(of folder: String) -> Date? {
        let digits = name(folder).base.dropFirst(SnapshotWriter.prefix.count).filter(\.isWholeNumber)
        guard digits.count == 14 else { return nil }
        var text = ""
        for (index, digit) in digits.enumerated() {
            switch index {
            case 4, 6: text += "-"
            case 8: text += "T"
            case 10, 12: text += ":"
            default: break
            }
            text.append(digit)
        }
        return Timestamp.date(text + "Z")
    }

    /// A folder's moment, and which of that moment's folders it is: 1 for the one without a number.
    private static func name(_ folder: String) -> (base: String, number: Int) {
        guard let dash = folder.lastIndex(of: "-"), let number = Int(folder[folder.index(after: dash)...]) else {
            return (folder, 1)
        }
        return (String(folder[..<dash]), number)
    }
}
