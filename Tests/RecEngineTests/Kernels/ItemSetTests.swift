import RecEngine
import Testing

@Suite("ItemSet")
struct ItemSetTests {
    @Test("items are in the set once inserted and nowhere outside the capacity")
    func membership() {
        var set = ItemSet(capacity: 130, [0, 64, 129, 500, -1])
        #expect(set.items == [0, 64, 129])
        #expect(set.count == 3)
        #expect(!set.contains(130))
        #expect(!set.contains(-1))
        set.insert(65)
        set.insert(130)
        #expect(set.items == [0, 64, 65, 129])
    }
}
