/// The name of a storage queue.
struct QueueName: Sendable, Hashable, Comparable, CustomStringConvertible {
    let text: String

    static let rule =
        "3 to 63 lower-case letters, digits and dashes, a letter or digit first, last and on both sides of each dash"
    private static let poisonSuffix = "-poison"
    private static let longest = 63

    /// A name as the service takes it.
    ///
    /// - Throws: `FunctionFault` with the rule.
    init(_ text: String) throws(FunctionFault) {
        guard (3...Self.longest).contains(text.utf8.count), text.wholeMatch(of: /[a-z0-9]+(-[a-z0-9]+)*/) != nil else {
            throw FunctionFault("'\(text)' is not a queue name: \(Self.rule)")
        }
        self.text = text
    }

    /// A name of function.json: the host turns it into lower case before it checks it.
    init(normalizing text: String) throws(FunctionFault) { try self.init(text.lowercased()) }

    private init(checked text: String) { self.text = text }

    /// The queue for messages that failed too often. A poison queue has none of its own, nor has a queue whose name is too
    /// long for the suffix.
    var poison: QueueName? {
        guard !text.hasSuffix(Self.poisonSuffix), text.utf8.count + Self.poisonSuffix.utf8.count <= Self.longest
        else { return nil }
        return QueueName(checked: text + Self.poisonSuffix)
    }

    var description: String { text }

    static func < (left: QueueName, right: QueueName) -> Bool { left.text < right.text }
}
