import RecEngine
import Testing

@Suite("TF-IDF vectorizer")
struct TFIDFVectorizerTests {
    @Test("vocabulary, idf and vectors are scikit-learn's to 1e-6", arguments: TFIDFFixtures.cases)
    func agreesWithScikitLearn(fixture: TFIDFFixtures.Case) {
        let (vectorizer, matrix) = TFIDFVectorizer.fitTransform(fixture.texts, options: fixture.options)
        let vocabulary = fixture.vocabulary.split(separator: "|").map { Array($0.unicodeScalars) }
        #expect(vectorizer.vocabulary.map { Array($0.unicodeScalars) } == vocabulary)
        let idf = fixture.idf.split(separator: "|").compactMap { Double($0) }
        #expect(idf.count == vectorizer.idf.count)
        for (value, expected) in zip(vectorizer.idf, idf) { #expect(isClose(value, expected, tolerance: 1e-14)) }
        #expect(matrix.columnCount == vocabulary.count)
        #expect(matrix.indptr == fixture.indptr.split(separator: "|").compactMap { Int($0) })
        #expect(matrix.indices == fixture.indices.split(separator: "|").compactMap { Int32($0) })
        let values = fixture.values.split(separator: "|").compactMap { Double($0) }
        #expect(values.count == matrix.values.count)
        for (value, expected) in zip(matrix.values, values) { #expect(isClose(value, expected, tolerance: 1e-6)) }
        #expect(vectorizer.transform(fixture.texts) == matrix)
    }

    @Test("two texts by hand: idf ln(3/2) + 1 for a word of one, 1 for a word of both")
    func byHand() {
        let options = TFIDFVectorizer.Options(norm: .none)
        let (vectorizer, matrix) = TFIDFVectorizer.fitTransform(["Red cup, red!", "blue cup"], options: options)
        #expect(vectorizer.vocabulary == ["blue", "cup", "red"])
        let rare = logarithm(1.5) + 1
        for (value, expected) in zip(vectorizer.idf, [rare, 1, rare]) { #expect(isClose(value, expected)) }
        #expect(matrix.indices == [1, 2, 0, 1])
        for (value, expected) in zip(matrix.values, [1, 2 * rare, rare, 1]) { #expect(isClose(value, expected)) }
    }

    @Test("of equally frequent terms at the cut the first by name stay")
    func tiesAtTheCut() {
        let options = TFIDFVectorizer.Options(maximumFeatures: 3)
        let texts = ["zebra zebra mouse", "lion ape", "zoo"]
        #expect(TFIDFVectorizer.fit(texts, options: options).vocabulary == ["ape", "lion", "zebra"])
    }

    @Test("words that were not there when it was fitted count nothing, and a text of such words is an empty row")
    func unknownWords() {
        let vectorizer = TFIDFVectorizer.fit(["green tea", "black tea"])
        let matrix = vectorizer.transform(["tea TEA coffee", "coffee", "", "te a"])
        #expect(matrix.indptr == [0, 1, 1, 1, 1])
        #expect(matrix.indices == [2] && matrix.values == [1])
    }

    @Test("no text, and texts without a word, give an empty vocabulary")
    func nothingToLearn() throws {
        for texts in [[], ["", "  ", "a b c", "the of and", "!?"]] {
            let (vectorizer, matrix) = TFIDFVectorizer.fitTransform(texts)
            #expect(vectorizer.vocabulary.isEmpty && vectorizer.idf.isEmpty)
            #expect(matrix == CSRMatrix(rowCount: texts.count, columnCount: 0))
            #expect(try TFIDFVectorizer(archive: vectorizer.archive()) == vectorizer)
        }
    }

    @Test("random texts have the counts that a dictionary of strings finds")
    func agreesWithDictionary() {
        let seed: UInt64 = 4_201
        print("random texts seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        // Long words that share their last eight letters, and enough of them for the table to grow twice.
        let words = (0..<1_500).map { "w\($0)" + ["", "abcdefgh", "e\u{301}x", "ßabcdefgh"][$0 % 4] }
        let texts = (0..<300).map { _ in
            (0..<20).map { _ in words[generator.below(words.count)] }.joined(separator: " - ")
        }
        let options = TFIDFVectorizer.Options(maximumFeatures: nil, stopWords: .none, norm: .none)
        let (vectorizer, matrix) = TFIDFVectorizer.fitTransform(texts, options: options)
        var textCounts: [String: Int] = [:]
        // The accent ends a word and leaves a single letter x, which is none.
        let cut = texts.map { $0.split(separator: " - ").map { String($0.unicodeScalars.prefix { $0 != "\u{301}" }) } }
        for words in cut { for word in Set(words) { textCounts[word, default: 0] += 1 } }
        let order = textCounts.keys.sorted { $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars) }
        #expect(vectorizer.vocabulary == order)
        for (text, words) in cut.enumerated() {
            var row: [String: Double] = [:]
            for word in words { row[word, default: 0] += logarithm(301 / Double(1 + (textCounts[word] ?? 0))) + 1 }
            #expect(matrix.entries(ofRow: text).count == row.count)
            for entry in matrix.entries(ofRow: text) {
                #expect(isClose(matrix.values[entry], row[order[Int(matrix.indices[entry])]] ?? 0))
            }
        }
    }

    @Test("words of any length and script at any place are those found scalar by scalar")
    func agreesWithScalarByScalar() {
        let seed: UInt64 = 4_202
        print("random scalars seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        // The ends of the ranges of letters and digits with their neighbours, and scalars of two, three and four bytes.
        let letters: [Unicode.Scalar] = Array("azAZ09_mQ5ßÀéŻжЖ日本ı²Ⅷ𐐀𝟘".unicodeScalars)
        let others: [Unicode.Scalar] = Array(" `{@[/:^~\t\u{7F}\u{0}\u{A0}×€\u{301}😀".unicodeScalars)
        let options = TFIDFVectorizer.Options(maximumFeatures: nil, stopWords: .none)
        for _ in 0..<400 {
            var text = String.UnicodeScalarView()
            while text.count < 60 {
                for _ in 0..<generator.below(28) {
                    // Mostly one ASCII run after the other, so that runs of 8, 16 and 24 bytes are there.
                    text.append(letters[generator.below(generator.below(4) == 0 ? letters.count : 9)])
                }
                for _ in 0...generator.below(2) { text.append(others[generator.below(others.count)]) }
            }
            var words: Set<[Unicode.Scalar]> = []
            var word: [Unicode.Scalar] = []
            for scalar in Array(text) + [" "] {
                if letters.contains(scalar) {
                    word += scalar.properties.lowercaseMapping.unicodeScalars
                } else {
                    if word.count >= 2 { words.insert(word) }
                    word = []
                }
            }
            let vocabulary = TFIDFVectorizer.fit([String(text)], options: options).vocabulary
            #expect(vocabulary.map { Array($0.unicodeScalars) } == words.sorted { $0.lexicographicallyPrecedes($1) })
        }
    }

    @Test("a vectorizer restored from its bytes is the same", arguments: TFIDFFixtures.cases)
    func roundTrip(fixture: TFIDFFixtures.Case) throws {
        let vectorizer = TFIDFVectorizer.fit(fixture.texts, options: fixture.options)
        let bytes = try vectorizer.archive().serialized()
        let restored = try TFIDFVectorizer(archive: NPZArchive(bytes: bytes))
        #expect(restored == vectorizer)
        #expect(restored.transform(fixture.texts) == vectorizer.transform(fixture.texts))
        #expect(try restored.archive().serialized() == bytes)
    }

    @Test("an archive with an array missing, out of order or cut elsewhere is refused")
    func badArchives() {
        let archive = TFIDFVectorizer.fit(TFIDFFixtures.products).archive()
        for name in archive.arrays.map(\.name) {
            let without = NPZArchive(archive.arrays.filter { $0.name != name })
            #expect(throws: ArchiveError.self, "without \(name)") { try TFIDFVectorizer(archive: without) }
        }
        let replacements = [
            NPYArray(name: "idf", [1.0]), NPYArray(name: "norm", string: "l3"),
            NPYArray(name: "stop_words", string: "french"), NPYArray(name: "vocabulary_indptr", [0, 3]),
            NPYArray(name: "vocabulary_indptr", [Int]()), NPYArray(name: "term_lengths", [2, 1]),
            NPYArray(name: "maximum_features", number: -1), NPYArray(name: "sublinear", number: 2),
            NPYArray(name: "maximum_text_share", number: .nan), NPYArray(name: "minimum_texts", number: 0),
        ]
        for array in replacements {
            var broken = archive
            for place in broken.arrays.indices where broken.arrays[place].name == array.name {
                broken.arrays[place] = array
            }
            #expect(throws: ArchiveError.self, "\(array)") { try TFIDFVectorizer(archive: broken) }
        }
        var reversed = archive
        reversed.arrays.removeAll { $0.name.hasPrefix("vocabulary") || $0.name == "idf" }
        let words = NPYArray(name: "vocabulary", shape: [2], storage: .uint8([0x62, 0x61]))
        reversed.arrays += [words, NPYArray(name: "vocabulary_indptr", [0, 1, 2]), NPYArray(name: "idf", [1.0, 1.0])]
        #expect(throws: ArchiveError.self) { try TFIDFVectorizer(archive: reversed) }
        reversed.arrays[reversed.arrays.count - 3].storage = .uint8([0x62, 0xFF])
        #expect(throws: ArchiveError.self) { try TFIDFVectorizer(archive: reversed) }
    }

    @Test("there are 318 English stop words")
    func stopWords() {
        #expect(StopWords.english.words.count == 318)
        #expect(Set(StopWords.english.words).isSuperset(of: ["the", "yourselves", "a", "sincere"]))
        #expect(StopWords.none.words.isEmpty)
    }
}

extension TFIDFFixtures.Case: CustomTestStringConvertible {
    var testDescription: String { name }
}
