import CKernels

/// The innermost loops by themselves, to be measured.
package enum VectorKernel: Sendable {
    /// Inner products.
    case dot
    /// y += a · x
    case axpy

    /// Calls the loop so many times; the last value, so that nothing is left out.
    package func run(_ x: [Float], _ y: inout [Float], calls: Int) -> Float {
        precondition(x.count == y.count && !x.isEmpty, "two vectors of one length")
        let count = x.count
        return x.withUnsafeBufferPointer { x in
            y.withUnsafeMutableBufferPointer { y in
                guard let from = x.baseAddress, let to = y.baseAddress else { return 0 }
                var sum: Float = 0
                for _ in 0..<calls {
                    switch self {
                    case .dot: sum += ck_dot(from, to, count)
                    case .axpy: ck_axpy(1e-6, from, to, count)
                    }
                }
                return sum + to[0]
            }
        }
    }
}
