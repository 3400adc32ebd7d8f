/// Folders of complete data sets, oldest first.
enum SnapshotFolders {
    static func complete(among objects: [BlobObject]) -> [String] {
        let folders = objects.map(\.path)
            .filter { $0.hasSuffix("/\(SnapshotWriter.summaryName)") }
            .map { String($0.dropLast(SnapshotWriter.summaryName.count + 1)) }
        // The store's order is that of bytes, where "…Z-2/" comes before "…Z/" and "…Z-10" before "…Z-2".
        return folders.sorted { name($0) < name($1) }
    }

    /// A folder's moment, and which of that moment's folders it is: 1 for the one without a number.
    static func name(_ folder: String) -> (base: String, number: Int) {
        guard let dash = folder.lastIndex(of: "-"), let number = Int(folder[folder.index(after: dash)...]) else {
            return (folder, 1)
        }
        return (String(folder[..<dash]), number)
    }
}
