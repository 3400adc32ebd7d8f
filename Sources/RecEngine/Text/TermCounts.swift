/// How often each term stands in each of some texts. Terms of a text are in no particular order.
struct TermCounts: Sendable {
    /// A term of a text and how often it stands there.
    struct Entry: Sendable {
        var term: Int32
        var count: Int32
    }

    /// What is known of a term over all texts.
    struct Tally: Sendable {
        /// How many texts have it.
        var texts = 0
        /// How often it stands in them.
        var total = 0
        /// The last place of ``TermCounts/entries`` that holds it.
        fileprivate var place = -1
    }

    /// The terms. Fixed when made for a vocabulary, else grown by what comes.
    private(set) var table: TermTable
    /// `texts + 1` offsets into `entries`.
    private(set) var indptr: [Int] = [0]
    /// The terms of each text, each once.
    private(set) var entries: [Entry] = []
    /// One a term.
    private(set) var tallies: [Tally]

    /// Counts the terms of the texts, n-grams of `ngrams` words: every one, or those of a vocabulary alone, numbered as
    /// there.
    init(_ texts: [String], vocabulary: TermTable? = nil, stopWords: StopWords, ngrams: ClosedRange<Int>) {
        let isGrowing = vocabulary == nil
        let table = vocabulary ?? TermTable()
        self.table = table
        tallies = [Tally](repeating: Tally(), count: table.count)
        indptr.reserveCapacity(texts.count + 1)
        entries.reserveCapacity(8 * texts.count)
        var tokenizer = Tokenizer(stopWords: stopWords)
        var terms: [Int32] = []
        for text in texts {
            tokenizer.tokenize(text)
            terms.removeAll(keepingCapacity: true)
            for length in ngrams where length <= tokenizer.words.count {
                Self.look(up: length, of: tokenizer, in: &self.table, isGrowing: isGrowing, to: &terms)
            }
            while tallies.count < self.table.count { tallies.append(Tally()) }
            Self.count(terms, &tallies, &entries)
            indptr.append(entries.count)
        }
    }

    /// Appends the numbers of the n-grams of one length, without those that are not in a table that does not grow.
    private static func look(
        up length: Int,
        of tokenizer: borrowing Tokenizer,
        in table: inout TermTable,
        isGrowing: Bool,
        to terms: inout [Int32]
    ) {
        let bytes = tokenizer.bytes.span
        let words = tokenizer.words.span
        for first in 0...words.count - length {
            let range = words[first].range.lowerBound..<words[first + length - 1].range.upperBound
            let key = length == 1 ? words[first].key : TermTable.Key(bytes, range)
            let term = isGrowing ? table.insert(bytes, range, key) : table.find(bytes, range, key)
            if term >= 0 { terms.append(term) }
        }
    }

    /// Counts the terms of one text.
    private static func count(_ terms: borrowing [Int32], _ tallies: inout [Tally], _ entries: inout [Entry]) {
        let terms = terms.span
        var tallies = tallies.mutableSpan
        let start = entries.count
        for position in 0..<terms.count {
            let term = Int(terms[position])
            tallies[term].total += 1
            if tallies[term].place >= start {
                entries[tallies[term].place].count += 1
            } else {
                tallies[term].place = entries.count
                tallies[term].texts += 1
                entries.append(Entry(term: terms[position], count: 1))
            }
        }
    }
}
