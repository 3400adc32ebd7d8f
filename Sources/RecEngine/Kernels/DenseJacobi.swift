/// The left singular vectors and singular values of a small square matrix by one-sided Jacobi rotations in double
/// precision (Hestenes, "Inversion of matrices by biorthogonalization", 1958).
///
/// Pairs of columns are rotated until all are orthogonal; their lengths are then the singular values. O(n³) a sweep, and
/// some six to ten sweeps.
struct DenseJacobi: Sendable {
    /// Singular values, largest first.
    let values: [Double]
    /// Left singular vectors in the same order, one after the other; 0 for a singular value of 0.
    let vectors: [[Double]]

    /// Takes the columns of the matrix.
    init(columns: [[Double]]) {
        var columns = columns
        for _ in 0..<60 where Self.sweep(&columns) {}
        let lengths = columns.map { Self.dot($0, $0).squareRoot() }
        let order = lengths.indices.sorted { (lengths[$1], $0) < (lengths[$0], $1) }
        values = order.map { lengths[$0] }
        vectors = order.map { position in
            columns[position].map { lengths[position] > 0 ? $0 / lengths[position] : 0 }
        }
    }

    /// Rotates each pair once; whether any pair was not orthogonal to rounding.
    private static func sweep(_ columns: inout [[Double]]) -> Bool {
        var isRotated = false
        // Squares of the lengths, carried along within a sweep and taken anew for the next.
        var squares = columns.map { dot($0, $0) }
        for first in columns.indices {
            for second in columns.indices.dropFirst(first + 1) {
                let product = dot(columns[first], columns[second])
                guard abs(product) > 1e-15 * (squares[first] * squares[second]).squareRoot() else { continue }
                isRotated = true
                // The smaller root of t² + 2 ζ t − 1 = 0 makes the product 0.
                let zeta = (squares[second] - squares[first]) / (2 * product)
                let tangent = (zeta < 0 ? -1 : 1) / (abs(zeta) + (1 + zeta * zeta).squareRoot())
                let cosine = 1 / (1 + tangent * tangent).squareRoot()
                rotate(&columns, first, second, cosine: cosine, sine: cosine * tangent)
                squares[first] = max(0, squares[first] - tangent * product)
                squares[second] += tangent * product
            }
        }
        return isRotated
    }

    private static func dot(_ first: borrowing [Double], _ second: borrowing [Double]) -> Double {
        let first = first.span
        let second = second.span
        // Four sums in fixed order: one alone would wait for each addition.
        var (s0, s1, s2, s3) = (0.0, 0.0, 0.0, 0.0)
        let whole = first.count / 4 * 4
        for position in stride(from: 0, to: whole, by: 4) {
            s0 += first[position] * second[position]
            s1 += first[position + 1] * second[position + 1]
            s2 += first[position + 2] * second[position + 2]
            s3 += first[position + 3] * second[position + 3]
        }
        var sum = (s0 + s2) + (s1 + s3)
        for position in whole..<first.count { sum += first[position] * second[position] }
        return sum
    }

    private static func rotate(
        _ columns: inout [[Double]],
        _ first: Int,
        _ second: Int,
        cosine: Double,
        sine: Double
    ) {
        var left: [Double] = []
        var right: [Double] = []
        swap(&left, &columns[first])
        swap(&right, &columns[second])
        rotate(&left, &right, cosine, sine)
        swap(&left, &columns[first])
        swap(&right, &columns[second])
    }

    private static func rotate(_ left: inout [Double], _ right: inout [Double], _ cosine: Double, _ sine: Double) {
        var left = left.mutableSpan
        var right = right.mutableSpan
        for position in 0..<left.count {
            let value = left[position]
            left[position] = cosine * value - sine * right[position]
            right[position] = sine * value + cosine * right[position]
        }
    }
}
