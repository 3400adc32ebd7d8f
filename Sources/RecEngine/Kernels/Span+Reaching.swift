internal import CKernels

extension Span<Float> {
    /// The first index of a range whose value is at least a threshold, the range's end when there is none.
    @inline(__always)
    func next(from start: Int, to end: Int, reaching threshold: Float) -> Int {
        precondition(start >= 0 && end <= count, "range outside the values")
        return withUnsafeBufferPointer { values in
            guard let values = values.baseAddress else { return end }
            return ck_next_reaching(values, start, end, threshold)
        }
    }
}
