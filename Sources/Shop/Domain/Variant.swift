/// What a customer is served by: the shop's own lists, or those of one arm of an experiment. Each variant has a live pointer of
/// its own, and every generation belongs to one.
package struct Variant: Sendable, Hashable, CustomStringConvertible {
    package let name: String

    /// Everybody's, unless an experiment says otherwise.
    package static let `default` = Variant(unchecked: "default")

    /// What a name must be, as the end of a sentence.
    package static let rule = "1 to 32 characters of a-z, 0-9, _ and -"

    /// - Returns: nil for a name that breaks the ``rule``.
    package init?(_ name: String) {
        let isAllowed = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"),
                UInt8(ascii: "-"):
                true
            default: false
            }
        }
        guard (1...32).contains(name.utf8.count), isAllowed else { return nil }
        self.init(unchecked: name)
    }

    private init(unchecked name: String) { self.name = name }

    package var description: String { name }
}
