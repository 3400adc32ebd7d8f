import Experiments
import Testing

@Suite("Assignment")
struct AssignmentTests {
    private let users = (0..<20_000).map { "U-\($0)" }

    @Test("a user has the same arm whenever and wherever it is asked")
    func sticky() {
        let (first, second) = (Assignment(salt: "s", shares: [1, 1]), Assignment(salt: "s", shares: [1, 1]))
        #expect(users.allSatisfy { first.arm(of: $0) == second.arm(of: $0) })
        // Of an earlier build: another hash would move the users of a running experiment.
        #expect(users.prefix(8).map(first.bucket) == Self.known)
    }

    private static let known = [5_421, 4_425, 4_000, 8_105, 6_882, 8_801, 3_209, 1_146]

    @Test("the arms have the users that their shares say", arguments: [[1, 1], [0.9, 0.1], [1, 3]])
    func shares(_ shares: [Double]) {
        let assignment = Assignment(salt: "experiment-7", shares: shares)
        let first = users.count { assignment.arm(of: $0) == 0 }
        let check = SampleRatioCheck(first, users.count - first, share: shares[0] / (shares[0] + shares[1]))
        #expect(check.probability > 0.01)
    }

    @Test("the arms of two experiments are independent")
    func independent() {
        let (first, second) = (Assignment(salt: "e-1", shares: [1, 1]), Assignment(salt: "e-2", shares: [1, 1]))
        let both = users.filter { first.arm(of: $0) == 1 }
        let again = both.count { second.arm(of: $0) == 1 }
        #expect(SampleRatioCheck(again, both.count - again, share: 0.5).probability > 0.01)
    }

    @Test("users who are lost before they are counted are noticed")
    func mismatch() {
        #expect(!SampleRatioCheck(5_050, 4_950, share: 0.5).isMismatch)
        #expect(SampleRatioCheck(5_200, 4_800, share: 0.5).isMismatch)
        // scipy.stats.chisquare([520, 480]): 1.6, 0.2059
        let check = SampleRatioCheck(520, 480, share: 0.5)
        #expect(abs(check.chiSquare - 1.6) < 1e-12 && abs(check.probability - 0.20590321) < 1e-7)
        #expect(SampleRatioCheck(0, 0, share: 0.5).probability == 1)
    }
}
