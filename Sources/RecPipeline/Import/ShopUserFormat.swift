package import FoundationEssentials
package import Shop
import TextFormats

package typealias ShopUserReader = RecordReader<ShopUserFormat>

/// A users file, as a data set has one: `user_id`, and `segment` and `created_at` when it has them. Users that the shop has
/// from before stay as they are.
package struct ShopUserFormat: RecordFormat {
    private enum Column: Int, CaseIterable {
        case userID, segment, createdAt
    }

    package static let columns = [
        CSVColumn("user_id"), CSVColumn("segment", isRequired: false), CSVColumn("created_at", isRequired: false),
    ]
    package static var dateColumn: Int? { Column.createdAt.rawValue }

    private var ids = UniqueIDs()

    package mutating func outcome(ofRow row: Int, of batch: CSVBatch, _ times: TimeReading) -> LineOutcome<User> {
        let bytes = batch.bytes.span
        let id = bytes.extracting(batch.trimmed(row, Column.userID.rawValue))
        if batch.isAbsent(row, Column.userID.rawValue) { return .leftOut(.missingCustomer, example: nil) }
        guard ExternalID.isValid(id) else { return .malformed(field: "user_id", reason: ImportText.idFault(id)) }
        var user = User(userID: ImportText.string(id))
        if let segment = batch.text(row, Column.segment.rawValue) {
            user.segment = TextRule.segment.accepted(segment)
            if user.segment == nil {
                let reason = "\(TextRule.segment.words): \"\(ImportText.printable(segment))\""
                return .malformed(field: "segment", reason: reason)
            }
        }
        if !batch.isAbsent(row, Column.createdAt.rawValue) {
            do throws(TimestampText.Fault) {
                let text = bytes.extracting(batch.trimmed(row, Column.createdAt.rawValue))
                user.createdAt = TimeReading.date(try times.eventTime(text))
            } catch {
                return .malformed(field: "created_at", reason: error.reason)
            }
        }
        let hash = batch.hash(row, 0..<Column.allCases.count)
        return ids.repetition(of: user.userID, field: "user_id", line: batch.lines[row], hash: hash) ?? .kept(user)
    }
}

extension RecordReader where Format == ShopUserFormat {
    /// - Parameter now: the clock, for times in the future, which are malformed.
    /// - Throws: when the file lacks one of the columns or cannot be read.
    package init(_ source: any ByteSource, now: Date = Date()) throws(ImportError) {
        try self.init(source, ShopUserFormat(), now: now)
    }
}
