/// How Python sees a Unicode scalar: what `str.lower()` makes of it and whether the pattern `\w` takes it.
///
/// `\w` is a letter of any script, anything with a numeric value (², ½ and ⅷ too) or the underscore. Combining marks
/// are none of these, so they end a word: é written as e and an accent is no letter é, and İ, whose lower case is i and
/// a dot above, ends a word after its i.
enum WordScalars {
    /// Says in ``lowered`` that a scalar needs a look at its surroundings, or becomes two.
    static let special: UInt16 = 1

    /// For each scalar below U+0800, all that UTF-8 writes in one or two bytes: its lower case, 0 when that is no part
    /// of a word, or ``special``. A property look-up takes some 20 ns, this about 1.
    static let lowered: [UInt16] = (0..<0x800).map { code in
        guard let scalar = Unicode.Scalar(UInt32(code)) else { return 0 }
        let mapping = scalar.properties.lowercaseMapping.unicodeScalars
        guard let lower = mapping.first, mapping.count == 1, scalar != capitalSigma else { return special }
        return isWord(lower) ? UInt16(truncatingIfNeeded: lower.value) : 0
    }

    /// Greek Σ, the one scalar whose lower case depends on its neighbours.
    static let capitalSigma: Unicode.Scalar = "\u{3A3}"

    /// Whether Python's `\w` takes a scalar.
    static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
        default: scalar == "_" || scalar.properties.numericType != nil
        }
    }

    /// The scalar that starts at a byte of valid UTF-8, and how many bytes it has.
    static func scalar(in bytes: Span<UInt8>, at position: Int) -> (scalar: Unicode.Scalar, length: Int) {
        let first = UInt32(bytes[position])
        if first < 0x80 { return (Unicode.Scalar(UInt8(first)), 1) }
        let length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
        var value = first & (0x7F >> UInt32(length))
        for offset in 1..<length { value = value << 6 | UInt32(bytes[position + offset] & 0x3F) }
        return (Unicode.Scalar(value) ?? "\u{FFFD}", length)
    }

    /// The lower case of a Σ at a byte: ς at the end of a word, that is after a cased scalar and not before one, those
    /// without influence on case (accents, apostrophes) skipped; else σ. Unicode's rule Final_Sigma.
    static func lowerSigma(in bytes: Span<UInt8>, at position: Int) -> Unicode.Scalar {
        var before = position
        var isAfterCased = false
        while before > 0 {
            before -= 1
            guard bytes[before] & 0xC0 != 0x80 else { continue }
            let properties = scalar(in: bytes, at: before).scalar.properties
            if properties.isCaseIgnorable { continue }
            isAfterCased = properties.isCased
            break
        }
        guard isAfterCased else { return "\u{3C3}" }
        var next = position + 2
        while next < bytes.count {
            let (scalar, length) = scalar(in: bytes, at: next)
            next += length
            if scalar.properties.isCaseIgnorable { continue }
            return scalar.properties.isCased ? "\u{3C3}" : "\u{3C2}"
        }
        return "\u{3C2}"
    }
}

/// Eight bytes of text at once: which of them are ASCII letters, digits or underscores, and their lower case.
///
/// Arithmetic on all bytes of a number in parallel: with the top bit of each byte clear, adding 128 − c sets it in the
/// bytes of at least c, and nothing is carried over. A text is then gone through word by word, without a branch for each
/// byte; a branch that ends a loop after a number of letters nobody can predict costs as much as five letters.
struct WordBytes: Sendable {
    /// How many bytes from the first on belong to a word, 0 to 8.
    let count: Int
    /// The bytes in lower case, the first one lowest; those after the word are of no use.
    let lowered: UInt64

    @inline(__always)
    init(_ bytes: UInt64) {
        let low = bytes & Self.all(0x7F)
        let folded = low | Self.all(0x20)
        let letters = (folded + Self.all(0x80 - 0x61)) & ~(folded + Self.all(0x80 - 0x7B))
        let digits = (low + Self.all(0x80 - 0x30)) & ~(low + Self.all(0x80 - 0x3A))
        let others = (low ^ Self.all(0x5F)) + Self.all(0x7F)
        let isWord = (letters | digits | ~others) & ~bytes & Self.all(0x80)
        count = (~isWord & Self.all(0x80)).trailingZeroBitCount >> 3
        lowered = bytes | (letters & Self.all(0x80)) >> 2
    }

    /// A byte in all eight places.
    @inline(__always)
    private static func all(_ byte: UInt64) -> UInt64 { byte &* 0x0101_0101_0101_0101 }
}

extension Span<UInt8> {
    /// Eight bytes from a place on, the first one lowest. Checked as a subscript is.
    @inline(__always)
    func eight(at position: Int) -> UInt64 {
        bytes.unsafeLoadUnaligned(fromByteOffset: position, as: UInt64.self)
    }
}
