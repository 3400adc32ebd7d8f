import RecEngine
import Testing

@Suite("ItemSet")
struct ItemSetTests {
    @Test("items are in the set from insertion to removal and nowhere outside the capacity")
    func membership() {
        var set = ItemSet(capacity: 130, [0, 64, 129, 500, -1])
        #expect(set.items == [0, 64, 129])
        #expect(set.count == 3)
        #expect(!set.contains(130))
        #expect(!set.contains(-1))
        set.remove(64)
        set.insert(65)
        set.insert(130)
        #expect(set.items == [0, 65, 129])
    }

    @Test("the full set holds exactly the capacity", arguments: [0, 1, 63, 64, 65, 128])
    func all(capacity: Int) {
        #expect(ItemSet.all(capacity: capacity).count == capacity)
        #expect(ItemSet.all(capacity: capacity) == ItemSet(capacity: capacity, (0..<Int32(capacity))))
    }
}
