/// Cuts texts into lower-case words as Python's `re.findall(r"(?u)\b\w\w+\b", text.lower())` does: runs of at least two
/// letters, numbers and underscores.
///
/// The words of a text stand in one buffer with a space after each, so that n neighbouring words are one range of bytes.
/// Kept between texts, so that nothing is allocated for each. Cost: about 2 ns a byte.
struct Tokenizer: Sendable {
    /// Words of the last text, a space after each. Longer than what is used.
    private(set) var bytes: [UInt8] = []
    /// The words of the last text.
    private(set) var words: [Word] = []

    /// Words left out.
    private let stopWords: TermTable
    private let lowered = WordScalars.lowered
    private var input: [UInt8] = []

    init(stopWords: StopWords) {
        self.stopWords = TermTable(stopWords.words)
    }

    /// A word by its place in the buffer.
    struct Word: Sendable {
        var range: Range<Int>
        var key: TermTable.Key
    }

    /// Cuts a text.
    mutating func tokenize(_ text: String) {
        input.removeAll(keepingCapacity: true)
        input.append(contentsOf: text.utf8)
        let count = input.count
        // What ends the last word; it neither has case nor is ignored by it, so Σ before it is at the end. As many as
        // are looked at together.
        for _ in 0..<16 { input.append(0x0A) }
        // No scalar's lower case is more than half as long again in UTF-8, and there is at most a space for two bytes.
        if bytes.count < 2 * input.count { bytes = [UInt8](repeating: 0, count: 4 * input.count) }
        words.removeAll(keepingCapacity: true)
        Self.split(input, count + 1, lowered, stopWords, &bytes, &words)
    }

    /// The word that is being written.
    private struct Draft {
        var start = 0
        var end = 0
        var scalars = 0
        var tail: UInt64 = 0

        /// Appends the run of ASCII letters, digits and underscores that starts at a place; returns its length. There are
        /// eight bytes more in the input, and room for eight more in the output.
        @inline(__always)
        mutating func append(asciiFrom first: Int, of input: Span<UInt8>, to output: inout MutableSpan<UInt8>) -> Int {
            var place = first
            var count = 8
            while count == 8 {
                let next = WordBytes(input.eight(at: place))
                count = next.count
                var raw = output.mutableBytes
                raw.storeBytes(of: next.lowered, toByteOffset: end, as: UInt64.self)
                end += count
                place += count
                // The last eight bytes of the word in the order of the text. A shift of 64 gives 0.
                tail = tail << UInt64(8 * count) | next.lowered.byteSwapped >> UInt64(64 - 8 * count)
            }
            scalars += place - first
            return place - first
        }

        @inline(__always)
        mutating func append(_ byte: UInt8, to output: inout MutableSpan<UInt8>) {
            output[end] = byte
            end += 1
            tail = tail << 8 | UInt64(byte)
        }

        mutating func append(_ scalar: UInt32, to output: inout MutableSpan<UInt8>) {
            scalars += 1
            if scalar < 0x80 { return append(UInt8(truncatingIfNeeded: scalar), to: &output) }
            let length: UInt32 = scalar < 0x800 ? 2 : scalar < 0x10000 ? 3 : 4
            let lead = UInt32(0xF00) >> length & 0xFF | scalar >> (6 * (length - 1))
            append(UInt8(truncatingIfNeeded: lead), to: &output)
            for position in (0..<length - 1).reversed() {
                append(UInt8(truncatingIfNeeded: 0x80 | scalar >> (6 * position) & 0x3F), to: &output)
            }
        }

        /// Starts the next word at a place.
        @inline(__always)
        mutating func restart(at place: Int) {
            self = Draft(start: place, end: place)
        }
    }

    private static func split(
        _ input: borrowing [UInt8],
        _ count: Int,
        _ lowered: borrowing [UInt16],
        _ stopWords: borrowing TermTable,
        _ output: inout [UInt8],
        _ words: inout [Word]
    ) {
        let input = input.span
        let lowered = lowered.span
        var output = output.mutableSpan
        var word = Draft()
        var place = 0
        while place < count {
            let byte = input[place]
            if byte < 0x80 {
                let length = word.append(asciiFrom: place, of: input, to: &output)
                place += length
                // What ends a run is no letter unless it is another script's.
                if input[place] < 0x80 {
                    place += 1
                    if word.end > word.start { finish(&word, stopWords, &output, &words) }
                }
            } else {
                let (scalar, length) = WordScalars.scalar(in: input, at: place)
                let letter = length == 2 ? lowered[Int(scalar.value)] : WordScalars.special
                if letter > WordScalars.special {
                    word.append(UInt32(letter), to: &output)
                } else if letter == 0 {
                    finish(&word, stopWords, &output, &words)
                } else if scalar == WordScalars.capitalSigma {
                    word.append(WordScalars.lowerSigma(in: input, at: place).value, to: &output)
                } else {
                    for lower in scalar.properties.lowercaseMapping.unicodeScalars {
                        if WordScalars.isWord(lower) {
                            word.append(lower.value, to: &output)
                        } else {
                            finish(&word, stopWords, &output, &words)
                        }
                    }
                }
                place += length
            }
        }
    }

    /// Keeps the word when it is long enough and no stop word, and starts the next one.
    @inline(__always)
    private static func finish(
        _ word: inout Draft,
        _ stopWords: borrowing TermTable,
        _ output: inout MutableSpan<UInt8>,
        _ words: inout [Word]
    ) {
        guard word.scalars >= 2 else { return word.restart(at: word.start) }
        let range = word.start..<word.end
        let key = TermTable.Key(output.span, range, tail: word.tail)
        if stopWords.count > 0, stopWords.find(output.span, range, key) >= 0 { return word.restart(at: word.start) }
        output[word.end] = 0x20
        words.append(Word(range: range, key: key))
        word.restart(at: word.end + 1)
    }
}
