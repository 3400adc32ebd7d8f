import Shop
import TextFormats

/// The words that products have, for whoever mistyped one.
struct SearchVocabulary: Sendable {
    /// In how many products each word is.
    private let counts: [String: Int]
    /// In byte order, for words that are typed in part.
    private let words: [String]

    init(_ texts: [String]) {
        var counts: [String: Int] = [:]
        for text in texts {
            for word in Set(SearchWords.of(text)) { counts[word, default: 0] += 1 }
        }
        self.counts = counts
        words = counts.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// The words with each unknown one replaced by the most frequent word that differs in one letter; nil when none is.
    ///
    /// Words of three letters and less are not corrected: too many differ in one.
    func corrected(_ typed: [String]) -> [String]? {
        var isChanged = false
        let corrected = typed.enumerated().map { index, word in
            guard word.utf8.count > 3, !isKnown(word, isLast: index == typed.count - 1), let other = nearest(to: word)
            else { return word }
            isChanged = true
            return other
        }
        return isChanged ? corrected : nil
    }

    private func isKnown(_ word: String, isLast: Bool) -> Bool {
        if counts[word] != nil { return true }
        guard isLast else { return false }
        let next = words.partitioningIndex { !$0.utf8.lexicographicallyPrecedes(word.utf8) }
        return next < words.count && words[next].hasPrefix(word)
    }

    private func nearest(to word: String) -> String? {
        words.filter { abs($0.utf8.count - word.utf8.count) <= 1 && EditDistance.between($0, word) == 1 }
            .max { (counts[$0] ?? 0, $1) < (counts[$1] ?? 0, $0) }
    }
}

extension Array where Element == String {
    /// The first index whose element satisfies a condition that holds from there on.
    fileprivate func partitioningIndex(_ isBehind: (String) -> Bool) -> Int {
        var range = indices
        while !range.isEmpty {
            let middle = range.lowerBound + range.count / 2
            range = isBehind(self[middle]) ? range.lowerBound..<middle : middle + 1..<range.upperBound
        }
        return range.lowerBound
    }
}
