/// Many short texts one after the other in one block, read by position.
///
/// An array of arrays would cost a reference count and a cache miss a read; an answer reads two dozen of them.
package struct TextTable: Sendable {
    private var bytes: [UInt8] = []
    /// Where each text ends; it starts where the one before ends.
    private var ends: [Int] = []

    package init() {}

    package var count: Int { ends.count }

    package mutating func reserveCapacity(_ count: Int, bytes size: Int) {
        ends.reserveCapacity(count)
        bytes.reserveCapacity(size)
    }

    package mutating func append(_ text: some Sequence<UInt8>) {
        bytes.append(contentsOf: text)
        ends.append(bytes.count)
    }

    /// Traps when there is no text at this position.
    package func withText<R>(at position: Int, _ body: (UnsafeBufferPointer<UInt8>) throws -> R) rethrows -> R {
        let start = position == 0 ? 0 : ends[position - 1]
        let end = ends[position]
        return try bytes.withUnsafeBufferPointer { try body(UnsafeBufferPointer(rebasing: $0[start..<end])) }
    }
}
