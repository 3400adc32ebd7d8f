/// The admin key of ADMIN_API_KEY. No key, or a short one, closes every admin route; it never opens one.
package struct AdminKey: Sendable, CustomStringConvertible, CustomReflectable {
    /// A random key of sixteen characters cannot be guessed.
    package static let minimumLength = 16

    private let key: [UInt8]?
    /// Why the admin routes are closed: a key is set, but too short.
    package let isTooShort: Bool

    /// - Parameter text: nil, empty and short texts make a closed key.
    package init(_ text: String?) {
        let text = text ?? ""
        let isLong = text.count >= Self.minimumLength
        key = isLong ? Array(text.utf8) : nil
        isTooShort = !isLong && !text.isEmpty
    }

    package var isClosed: Bool { key == nil }

    /// Compares in time that depends on the length of what was presented alone, not on where it differs.
    package func matches(_ presented: String) -> Bool {
        guard let key else { return false }
        let candidate = Array(presented.utf8)
        var difference = candidate.count ^ key.count
        for (index, byte) in candidate.enumerated() {
            difference |= Int(byte ^ key[index % key.count])
        }
        return difference == 0
    }

    // A key that is printed by accident, alone or inside another value, must not show.
    package var description: String { isClosed ? "AdminKey(closed)" : "AdminKey(…)" }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
