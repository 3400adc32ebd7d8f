/// Numbers for byte strings, in the order of their first appearance.
///
/// A hash table with open addressing over one array of all bytes: a look-up of a short word compares two numbers and
/// allocates nothing. A dictionary of strings takes several times as long, most of it for making the strings.
struct TermTable: Sendable {
    /// What a term is found by: all there is to compare, but for terms of more than 16 bytes.
    struct Key: Sendable, Equatable {
        /// The first eight bytes of a term that has more than eight, else 0.
        var head: UInt64
        /// The last eight bytes, the last one lowest.
        var tail: UInt64
        /// A hash of all bytes.
        var hash: UInt32

        /// The key of bytes whose last eight are known.
        ///
        /// The bytes in the middle by FNV-1a, then multiplications that bring every bit to the upper half. The terms
        /// are a shop's own texts, so no secret is needed against those who make words collide.
        @inline(__always)
        init(_ bytes: Span<UInt8>, _ range: Range<Int>, tail: UInt64) {
            var hash: UInt64 = 0xCBF2_9CE4_8422_2325
            head = range.count > 8 ? bytes.eight(at: range.lowerBound) : 0
            if range.count > 16 {
                for position in range.lowerBound + 8..<range.upperBound - 8 {
                    hash = (hash ^ UInt64(bytes[position])) &* 0x100_0000_01B3
                }
            }
            hash = (hash ^ head) &* 0x9E37_79B9_7F4A_7C15
            hash = (hash ^ hash >> 32 ^ tail) &* 0x9E37_79B9_7F4A_7C15
            self.tail = tail
            self.hash = UInt32(truncatingIfNeeded: hash >> 32 ^ hash >> 17)
        }

        /// The key of a range of bytes.
        init(_ bytes: Span<UInt8>, _ range: Range<Int>) {
            var tail: UInt64 = 0
            for position in max(range.lowerBound, range.upperBound - 8)..<range.upperBound {
                tail = tail << 8 | UInt64(bytes[position])
            }
            self.init(bytes, range, tail: tail)
        }
    }

    /// Hash and number of a term; the number is −1 in an empty slot.
    private struct Slot: Sendable {
        var hash: UInt32
        var term: Int32
    }

    /// Where a term's bytes are, and the outer ones again.
    private struct Place: Sendable {
        var head: UInt64
        var tail: UInt64
        var start: Int
        var count: Int
    }

    /// A power of two of slots, at most half of them taken.
    private var slots: [Slot]
    private var places: [Place] = []
    /// All terms one after the other.
    private var bytes: [UInt8] = []

    /// Number of terms.
    var count: Int { places.count }

    init() {
        slots = [Slot](repeating: Slot(hash: 0, term: -1), count: 1024)
    }

    /// A table of given terms, numbered in their order; a repeated one keeps its first number.
    init(_ terms: [String]) {
        self.init()
        for term in terms {
            let bytes = Array(term.utf8)
            _ = insert(bytes.span, 0..<bytes.count, Key(bytes.span, 0..<bytes.count))
        }
    }

    /// The number of a term, −1 when it is not there.
    @inline(__always)
    func find(_ term: Span<UInt8>, _ range: Range<Int>, _ key: Key) -> Int32 {
        slots[slot(of: term, range, key)].term
    }

    /// The number of a term, which is added when it is new.
    @inline(__always)
    mutating func insert(_ term: Span<UInt8>, _ range: Range<Int>, _ key: Key) -> Int32 {
        let slot = slot(of: term, range, key)
        let found = slots[slot].term
        return found >= 0 ? found : append(term, range, key, slot)
    }

    /// The bytes of a term.
    func bytes(of term: Int) -> ArraySlice<UInt8> {
        bytes[places[term].start..<places[term].start + places[term].count]
    }

    /// A term as text.
    func text(of term: Int) -> String {
        String(decoding: bytes(of: term), as: UTF8.self)
    }

    /// Whether a term comes before another: by bytes, which for UTF-8 is the order of scalars.
    func isBefore(_ term: Int, _ other: Int) -> Bool {
        let bytes = self.bytes.span
        let left = places[term]
        let right = places[other]
        for offset in 0..<min(left.count, right.count) {
            let byte = bytes[left.start + offset]
            let otherByte = bytes[right.start + offset]
            if byte != otherByte { return byte < otherByte }
        }
        return left.count < right.count
    }

    /// The slot of a term, or the empty one where it belongs.
    @inline(__always)
    private func slot(of term: Span<UInt8>, _ range: Range<Int>, _ key: Key) -> Int {
        let slots = self.slots.span
        let places = self.places.span
        let mask = slots.count - 1
        var number = Int(key.hash) & mask
        while true {
            let slot = slots[number]
            if slot.term < 0 { return number }
            if slot.hash == key.hash {
                let position = places[Int(slot.term)]
                if position.tail == key.tail, position.head == key.head, position.count == range.count,
                    range.count <= 16 || isEqual(position, term, range)
                {
                    return number
                }
            }
            number = (number + 1) & mask
        }
    }

    /// Whether all bytes but the first and last eight are equal.
    private func isEqual(_ position: Place, _ term: Span<UInt8>, _ range: Range<Int>) -> Bool {
        let bytes = self.bytes.span
        for offset in 8..<range.count - 8 where bytes[position.start + offset] != term[range.lowerBound + offset] {
            return false
        }
        return true
    }

    @inline(never)
    private mutating func append(_ term: Span<UInt8>, _ range: Range<Int>, _ key: Key, _ slot: Int) -> Int32 {
        let number = Int32(count)
        places.append(Place(head: key.head, tail: key.tail, start: bytes.count, count: range.count))
        for position in range { bytes.append(term[position]) }
        slots[slot] = Slot(hash: key.hash, term: number)
        if 2 * count > slots.count { grow() }
        return number
    }

    private mutating func grow() {
        let old = slots
        slots = [Slot](repeating: Slot(hash: 0, term: -1), count: 4 * old.count)
        let mask = slots.count - 1
        for slot in old where slot.term >= 0 {
            var number = Int(slot.hash) & mask
            while slots[number].term >= 0 { number = (number + 1) & mask }
            slots[number] = slot
        }
    }
}
