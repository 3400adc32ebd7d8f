import RecEngine
import Testing

@Suite("Gains of settings")
struct PairedGainTests {
    @Test("mean, standard error and folds are those worked out by hand, a user of two folds being one draw")
    func byHand() {
        // Differences: user 1 has 0.3 and 0.1, user 2 has 0.2, user 3 has 0: sums 0.4, 0.2, 0 over 4 judgements, mean 0.15.
        let gain = PairedGain(
            [[0.5, 0.4], [0.6, 0.7]],
            over: [[0.2, 0.2], [0.5, 0.7]],
            users: [[1, 2], [1, 3]]
        )
        #expect(abs(gain.mean - 0.15) < 1e-12)
        // Rests 0.4 − 0.3, 0.2 − 0.15, 0 − 0.15: squares 0.01 + 0.0025 + 0.0225, times 3 / 2, the root over 4.
        #expect(abs(gain.standardError - (0.035 * 1.5).squareRoot() / 4) < 1e-12)
        #expect(gain.folds.count == 2 && abs(gain.folds[0] - 0.25) < 1e-12 && abs(gain.folds[1] - 0.05) < 1e-12)
        #expect(gain.isClear)
    }

    @Test("a gain is not clear within one standard error, nor when one fold loses, nor when nothing differs")
    func notClear() {
        let users: [[Int32]] = [[1, 2], [3, 4]]
        func isClear(_ values: [[Double]]) -> Bool {
            PairedGain(values, over: [[0, 0], [0, 0]], users: users).isClear
        }
        #expect(isClear([[0.1, 0.1], [0.1, 0.2]]))
        #expect(!isClear([[0.9, -0.1], [0.001, 0]]))
        #expect(!isClear([[0.5, 0.5], [-0.01, 0]]))
        #expect(!isClear([[0, 0], [0, 0]]))
        #expect(!PairedGain([[]], over: [[]], users: [[]]).isClear)
    }
}
