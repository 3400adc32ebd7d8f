import RecEngine
import Testing

@testable import RecPipeline

@Suite("Customers by how often they came")
struct ActivityGroupsTests {
    @Test("groups double, and their labels say who is in them")
    func doubling() {
        let days = [1, 1, 2, 3, 4, 5, 8, 9]
        let groups = ActivityGroups(Array(0..<8), days: days, smallest: 1).groups
        #expect(groups.map(\.label) == ["1 day", "2 days", "3–4 days", "5–8 days", "9 days"])
        #expect(groups.map(\.members) == [[0, 1], [2], [3, 4], [5, 6], [7]])
        #expect(groups.map(\.meanDays) == [1, 2, 3.5, 6.5, 9])
    }

    @Test("a group too small joins the next, the last the one before")
    func merging() {
        let groups = ActivityGroups(Array(0..<7), days: [1, 2, 2, 3, 4, 4, 9], smallest: 3).groups
        #expect(groups.map(\.label) == ["1–2 days", "3–9 days"])
        #expect(groups.map(\.members.count) == [3, 4])
    }

    @Test("users are judged customers, not all of them")
    func subset() {
        let groups = ActivityGroups([2, 5], days: [9, 9, 1, 9, 9, 2], smallest: 1)
        #expect(groups.groups.map(\.members) == [[0], [1]])
        #expect(groups.means(of: [0.25, 0.75]).map(\.mean) == [0.25, 0.75])
    }

    @Test("nobody judged gives no groups")
    func nobody() {
        #expect(ActivityGroups([], days: []).groups.isEmpty)
    }

    @Test("values that the best cannot be told from are named, worse ones are not")
    func verdict() {
        func point(_ value: Double, _ perUser: [Double]) -> ParameterSweep.Point {
            let mean = perUser.reduce(0, +) / Double(perUser.count)
            return ParameterSweep.Point(
                value: value,
                ndcg: ConfidenceInterval(mean: mean, lower: mean, upper: mean),
                perUser: perUser
            )
        }
        let good = (0..<40).map { 0.5 + Double($0 % 5) / 100 }
        let alike = (0..<40).map { 0.5 + Double(($0 + 2) % 5) / 100 - 0.0001 }
        let verdict = SweepVerdict([point(1, good.map { $0 / 2 }), point(2, alike), point(4, good)])
        #expect(verdict.best == 2)
        #expect(verdict.equals == [1, 2])
        #expect(SweepVerdict([point(1, good)]).equals == [0])
    }
}
