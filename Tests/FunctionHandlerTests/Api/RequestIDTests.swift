import RecPipeline
import Shop
import Testing

@testable import FunctionHandler

@Suite struct RequestIDTests {
    @Test("ids have one form and never repeat, whichever tasks ask for them")
    func distinct() async {
        let ids = await withTaskGroup(of: [String].self) { group in
            for _ in 0..<8 { group.addTask { (0..<5_000).map { _ in RequestID.make() } } }
            return await group.reduce(into: Set<String>()) { $0.formUnion($1) }
        }
        #expect(ids.count == 40_000)
        #expect(ids.allSatisfy { $0.wholeMatch(of: /r-[0-9a-f]{16}/) != nil })
    }

    private let ids = SignedRequestIDs(key: Array(0..<32))

    @Test("an id says where its list came from, to who has the key, for the user that it was given to")
    func round() {
        let plain = ids.make(generation: 12, nil, for: "U-1")
        #expect(plain.wholeMatch(of: /r-[0-9a-f]{16}-12-[0-9a-f]{16}/) != nil)
        #expect(ids.read(plain, for: "U-1", position: nil) == ShownBy(generation: 12))
        #expect(ids.read(plain, for: "U-2", position: nil) == nil)
        #expect(SignedRequestIDs(key: Array(1..<33)).read(plain, for: "U-1", position: nil) == nil)
        let origin = AnswerOrigin(experimentID: 7, arm: 1, armName: "b")
        let arm = ids.make(generation: 12, origin, for: "U-1")
        #expect(ids.read(arm, for: "U-1", position: 3) == ShownBy(generation: 12, experiment: (7, 1)))
    }

    @Test("an id that anybody changed says nothing")
    func tampering() {
        let id = ids.make(generation: 12, AnswerOrigin(experimentID: 7, arm: 1, armName: "b"), for: "U-1")
        for (index, character) in id.enumerated() {
            var other = Array(id)
            other[index] = character == "1" ? "2" : "1"
            #expect(ids.read(String(other), for: "U-1", position: 0) == nil)
        }
        for text in [
            "", "r-1", "r-0123456789abcdef", String(repeating: "-", count: 60), id + "0", String(id.dropLast()),
        ] {
            #expect(ids.read(text, for: "U-1", position: 0) == nil)
        }
    }

    @Test("of an interleaved list an id says who brought the product at each of a hundred positions")
    func teams() {
        let teams = (0..<100).map { $0 % 3 == 0 || $0 == 98 }
        let origin = AnswerOrigin(experimentID: .max, arm: 0, armName: "interleaved", teams: teams)
        let id = ids.make(generation: 0, origin, for: "U-1")
        #expect(TextRule.requestID.accepted(id) == id)
        for (position, isSecond) in teams.enumerated() {
            let shown = ids.read(id, for: "U-1", position: Int32(position))
            #expect(shown == ShownBy(generation: 0, experiment: (.max, isSecond ? 1 : 0)))
        }
        #expect(ids.read(id, for: "U-1", position: 100) == ShownBy(generation: 0))
        #expect(ids.read(id, for: "U-1", position: nil) == ShownBy(generation: 0))
    }
}
