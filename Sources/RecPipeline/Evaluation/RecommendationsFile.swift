import Foundation
package import RecEngine

/// Writes lists as CSV: `model,user_id,rank,product_id,score`, ranks from 1, one line an item.
///
/// The file appears under its name when it is complete, so a run that fails leaves no half of one.
package final class RecommendationsFile {
    private let path: String
    private let temporary: String
    private let handle: FileHandle
    private let events: ShopEvents
    private var isFinished = false

    /// - Throws: ``OutputPath/NotWritable``.
    package init(_ path: String, events: ShopEvents) throws {
        self.path = path
        self.events = events
        temporary = OutputPath.temporary(path)
        try OutputPath.begin(path)
        guard let handle = FileHandle(forWritingAtPath: temporary) else {
            throw OutputPath.NotWritable(path: path, isFolder: false)
        }
        self.handle = handle
        try handle.write(contentsOf: Data("model,user_id,rank,product_id,score\n".utf8))
    }

    deinit {
        if !isFinished { try? FileManager.default.removeItem(atPath: temporary) }
    }

    /// Appends one model's lists. Ids need no quotes: they hold letters, digits and `._:-` only.
    package func append(model: String, _ lists: RecommendationLists) throws {
        var text = ""
        for user in lists.rows {
            for (position, item) in lists.items(ofRow: user).enumerated() {
                text +=
                    "\(model),\(events.userIDs[user]),\(position + 1),\(events.productIDs[Int(item.item)]),\(item.score)\n"
            }
            if text.utf8.count > 1 << 20 {
                try handle.write(contentsOf: Data(text.utf8))
                text = ""
            }
        }
        try handle.write(contentsOf: Data(text.utf8))
    }

    /// Gives the file its name.
    package func finish() throws {
        try handle.synchronize()
        try handle.close()
        guard rename(temporary, path) == 0 else { throw OutputPath.NotWritable(path: path, isFolder: false) }
        isFinished = true
    }
}
