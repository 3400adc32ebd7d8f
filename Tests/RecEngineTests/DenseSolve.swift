import Foundation

/// Linear systems in double precision, for oracles.
enum DenseSolve {
    /// Solves a system given as rows with the right side last, by elimination with pivoting.
    static func solve(_ system: [[Double]]) -> [Double] {
        var rows = system
        let count = rows.count
        for column in 0..<count {
            let pivot = (column..<count).max { abs(rows[$0][column]) < abs(rows[$1][column]) } ?? column
            rows.swapAt(column, pivot)
            for row in 0..<count where row != column {
                let factor = rows[row][column] / rows[column][column]
                guard factor != 0 else { continue }
                for place in column...count { rows[row][place] -= factor * rows[column][place] }
            }
        }
        return (0..<count).map { rows[$0][count] / rows[$0][$0] }
    }
}

func exponential2(_ value: Double) -> Double { exp2(value) }
