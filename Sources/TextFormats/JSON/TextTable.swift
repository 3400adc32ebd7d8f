/// Many short texts one after the other in one block, read by position.
///
/// An array of arrays would cost a reference count and a cache miss a read; an answer reads two dozen of them.
package struct TextTable: Sendable {
    private var bytes: [UInt8] = []
    /// Where each text ends; it starts where the one before ends.
    private var ends: [Int] = []

    /// One text an element.
    /// - Parameter bytesEach: how long a text usually is.
    package init<Element, Text: Sequence<UInt8>>(
        _ elements: [Element],
        bytesEach: Int,
        text: (Element) -> Text
    ) {
        ends.reserveCapacity(elements.count)
        bytes.reserveCapacity(elements.count * bytesEach)
        for element in elements {
            bytes.append(contentsOf: text(element))
            ends.append(bytes.count)
        }
    }

    /// Traps when there is no text at this position.
    /// - Parameter range: the part of the text that is meant, in bytes; all of it when left out.
    package func withText<R>(
        at position: Int,
        _ range: Range<Int>? = nil,
        _ body: (UnsafeBufferPointer<UInt8>) throws -> R
    ) rethrows -> R {
        let start = position == 0 ? 0 : ends[position - 1]
        let end = ends[position]
        let part = range.map { start + $0.lowerBound..<start + $0.upperBound } ?? start..<end
        precondition(part.upperBound <= end, "outside the text")
        return try bytes.withUnsafeBufferPointer { try body(UnsafeBufferPointer(rebasing: $0[part])) }
    }
}
