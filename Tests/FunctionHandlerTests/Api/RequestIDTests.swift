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
}
