import CKernels

/// The scales of a hybrid's parts: one pass over the runs of items between the profile's own.
extension HybridRecommender {
    static func largestMagnitude(_ scores: borrowing [Float], outside profile: Profile) -> Float {
        let scores = scores.span
        // The bits of a magnitude ascend as it does, and whole numbers are compared several at a time.
        var largest: Int32 = 0
        forEachRun(outside: profile, count: scores.count) { run in
            for item in run {
                largest = max(largest, Int32(bitPattern: scores[unchecked: item].bitPattern & 0x7FFF_FFFF))
            }
        }
        let magnitude = Float(bitPattern: UInt32(bitPattern: largest))
        return magnitude.isFinite ? magnitude : 0
    }

    static func standardDeviation(_ scores: borrowing [Float], outside profile: Profile) -> Float {
        let scores = scores.span
        var (sum, squares, count) = (0.0, 0.0, 0.0)
        forEachRun(outside: profile, count: scores.count) { run in
            for item in run {
                let score = Double(scores[item])
                sum += score
                squares += score * score
            }
            count += Double(run.count)
        }
        guard count > 0 else { return 0 }
        let mean = sum / count
        return Float(max(0, squares / count - mean * mean).squareRoot())
    }

    /// Adds `factor` times some scores to others.
    static func add(_ scores: borrowing [Float], times factor: Float, to sums: inout [Float]) {
        let count = sums.count
        precondition(scores.count == count, "one score an item")
        scores.withUnsafeBufferPointer { scores in
            sums.withUnsafeMutableBufferPointer { sums in
                guard let from = scores.baseAddress, let to = sums.baseAddress else { return }
                ck_axpy(factor, from, to, count)
            }
        }
    }

    private static func forEachRun(outside profile: Profile, count: Int, _ body: (Range<Int>) -> Void) {
        var start = 0
        for entry in profile.entries where entry.item >= 0 && Int(entry.item) < count {
            body(start..<Int(entry.item))
            start = Int(entry.item) + 1
        }
        body(start..<count)
    }
}
