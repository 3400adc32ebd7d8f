import ReportTestSupport

@testable import Reports

/// Every number that places or sizes something in the markup.
func coordinates(_ page: WellFormed) -> [Double] {
    let names = ["x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "width", "height", "d"]
    return page.elements.flatMap { element in
        names.compactMap { element.attributes[$0] }.flatMap { value in
            value.split { "MLZ ".contains($0) }.map { Double($0) ?? .nan }
        }
    }
}

extension Series {
    /// Points of two columns of the same length.
    init(_ name: String, x: [Double], y: [Double]) {
        self.init(name, zip(x, y).map { Point($0, $1) })
    }
}
