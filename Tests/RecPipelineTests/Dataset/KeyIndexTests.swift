import Testing

@testable import RecPipeline

@Suite("Key index")
struct KeyIndexTests {
    @Test("dense keys and keys that are spread out give the same answers")
    func bothForms() {
        let dense: [Int64] = [5, 1, 9, 2]
        let spread: [Int64] = [5_000_000_000, 1, 9_000_000_000_000, 2]
        for keys in [dense, spread] {
            let index = KeyIndex(keys: keys)
            #expect(index.count == 4)
            for (place, key) in keys.enumerated() { #expect(index.index(of: key) == Int32(place)) }
            for missing in [Int64(-1), 0, 3, 6, 10_000_000_000_000] { #expect(index.index(of: missing) == nil) }
        }
    }

    @Test("an empty index knows nothing")
    func empty() {
        let index = KeyIndex(keys: [])
        #expect(index.count == 0)
        #expect(index.index(of: 0) == nil)
        #expect(index.index(of: 1) == nil)
    }
}
