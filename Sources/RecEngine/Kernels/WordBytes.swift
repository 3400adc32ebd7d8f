/// Eight bytes of text at once: which of them are ASCII letters, digits or underscores, and their lower case.
///
/// Arithmetic on all bytes of a number in parallel: with the top bit of each byte clear, adding 128 − c sets it in the
/// bytes of at least c, and nothing is carried over. A text is then gone through word by word, without a branch for each
/// byte; a branch that ends a loop after a number of letters nobody can foretell costs as much as five letters.
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
    func eight(at place: Int) -> UInt64 {
        bytes.unsafeLoadUnaligned(fromByteOffset: place, as: UInt64.self)
    }
}
