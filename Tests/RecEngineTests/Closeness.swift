import Foundation

/// Whether a computed value is what it should be, within a relative tolerance.
func isClose(_ value: Float, _ expected: Double, tolerance: Double = 1e-5) -> Bool {
    abs(Double(value) - expected) <= tolerance * max(abs(expected), 1e-3)
}

/// Whether a computed value is what it should be, within a relative tolerance.
func isClose(_ value: Double, _ expected: Double, tolerance: Double = 1e-12) -> Bool {
    abs(value - expected) <= tolerance * max(abs(expected), 1e-3)
}

func logarithm(_ value: Double) -> Double { log(value) }

func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }
