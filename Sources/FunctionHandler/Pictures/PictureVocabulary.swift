/// The things that can be drawn, by the words that name them.
///
/// A drawing is SVG on a ground of 120 × 120. Its colours are letters: `A` the main one, `B` darker, `C` light, `D` an accent;
/// other colours stay as they are.
struct PictureVocabulary: Sendable {
    static let standard = PictureVocabulary([drawingsOfTheHouse, drawingsOfWearAndWork, drawingsOfPlayAndNature])

    private struct Entry {
        let drawing: Int
        /// A motif can be on a thing; the thing is what is drawn.
        let isMotif: Bool
    }

    private(set) var drawings: [String] = []
    private var names: [String: Entry] = [:]
    private var categories: [String: Int] = [:]

    /// Reads the lines of texts: words, those after `|` for categories alone, a leading `*` for a motif; then the drawing. Two
    /// words that only together name it are joined by a hyphen. The texts are constants of this module; a wrong one is a bug.
    init(_ texts: [String]) {
        for text in texts {
            let lines = text.split(separator: "\n").map(String.init)
            for pair in stride(from: 0, to: lines.count, by: 2) {
                var head = lines[pair][...]
                let isMotif = head.hasPrefix("* ")
                if isMotif { head = head.dropFirst(2) }
                let parts = head.split(separator: "|")
                for word in parts[0].split(separator: " ") {
                    let old = names.updateValue(Entry(drawing: drawings.count, isMotif: isMotif), forKey: String(word))
                    precondition(old == nil, "\(word) names two drawings")
                }
                for word in parts.dropFirst().joined().split(separator: " ") {
                    categories[String(word)] = drawings.count
                }
                drawings.append(lines[pair + 1])
            }
        }
    }

    /// The drawing for a product: its head noun is the last thing in the name; else a motif of the name; else what its
    /// category is about. Nil when no word says anything.
    func drawing(name: String, category: String) -> String? {
        let words = Self.words(name)
        var found: Entry?
        for (index, word) in words.enumerated() {
            guard let entry = pair(words, index) ?? entry(word) else { continue }
            if !entry.isMotif || found?.isMotif ?? true { found = entry }
        }
        if let found { return drawings[found.drawing] }
        for word in Self.words(category) {
            if let drawing = categories[word] ?? entry(word)?.drawing { return drawings[drawing] }
        }
        return nil
    }

    /// Two words that name a thing together: `plant pot` is no pan.
    private func pair(_ words: [String], _ index: Int) -> Entry? {
        index > 0 ? entry("\(words[index - 1])-\(words[index])") : nil
    }

    /// A word in the singular or a regular plural.
    private func entry(_ word: String) -> Entry? {
        if let entry = names[word] { return entry }
        guard word.hasSuffix("s"), word.utf8.count > 3 else { return nil }
        return names[String(word.dropLast())] ?? (word.hasSuffix("es") ? names[String(word.dropLast(2))] : nil)
    }

    /// Lower-case words of ASCII letters, in order. Words after a comma or a preposition describe the thing that stands before.
    static func words(_ text: String) -> [String] {
        let lowercased = text.lowercased()
        let head = lowercased.split(separator: ",")[0...].first ?? ""
        let words = head.split { !("a"..."z").contains($0) }.map(String.init)
        let end = words.firstIndex { ["with", "for", "in", "on"].contains($0) } ?? words.count
        let before = words[..<end]
        return before.isEmpty ? words : Array(before)
    }
}
