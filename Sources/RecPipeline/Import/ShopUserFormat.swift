import FoundationEssentials
import Shop

typealias ShopUserReader = RecordReader<ShopUserFormat>

/// A users file, as a data set has one: `user_id`, and `segment` and `created_at` when it has them. Users that the shop has
/// from before stay as they are.
struct ShopUserFormat: RecordFormat {
    enum Column: Int, CaseIterable {
        case userID, segment, createdAt
    }

    static let columns = [
        CSVColumn("user_id"), CSVColumn("segment", isRequired: false), CSVColumn("created_at", isRequired: false),
    ]
    static let dateColumn: Column? = .createdAt

    private var ids = UniqueIDs()

    mutating func outcome(of line: CSVLine<Column>) throws(FieldFault) -> LineOutcome<User> {
        if line.isAbsent(.userID) { return .leftOut(.missingCustomer, example: nil) }
        var user = User(userID: try line.id(.userID))
        user.segment = try line.text(.segment, .segment)
        if !line.isAbsent(.createdAt) { user.createdAt = Date(unixMicroseconds: try line.time(.createdAt)) }
        return try ids.outcome(user, user.userID, .userID, of: line)
    }
}
