import Glibc

/// One block of memory that several tasks fill at once, each a part of its own, and that is only read afterwards.
///
/// Invariant that makes it Sendable: between `init` and the end of the tasks that fill it, each place is written by
/// one task only and read by no other; whoever hands it on has awaited those tasks, and from then on nobody writes
/// unless in another such round, when nobody else reads.
/// Elements are plain bits, so a place that was never written is only meaningless, and freeing needs no clean-up.
final class RowStripes<Element: BitwiseCopyable & Sendable>: @unchecked Sendable {
    private let buffer: UnsafeMutableBufferPointer<Element>

    /// Number of elements.
    let count: Int

    init(count: Int) {
        self.count = count
        let bytes = max(count, 1) * MemoryLayout<Element>.stride
        let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: Self.alignment(ofBytes: bytes))
        // Rows are read at random places: with 4 kB pages half of the reads also wait for an address translation.
        // A hint that may fail; the fit of 10 M entries takes a quarter longer without it.
        if bytes >= Self.hugePage { _ = madvise(memory, bytes, MADV_HUGEPAGE) }
        buffer = UnsafeMutableBufferPointer(start: memory.bindMemory(to: Element.self, capacity: count), count: count)
    }

    deinit {
        UnsafeMutableRawPointer(buffer.baseAddress)?.deallocate()
    }

    private static var hugePage: Int { 2 << 20 }

    private static func alignment(ofBytes bytes: Int) -> Int {
        bytes >= hugePage ? hugePage : MemoryLayout<Element>.alignment
    }

    /// Reads all elements, once they are filled.
    @inline(__always)
    func withSpan<Result>(_ body: (Span<Element>) -> Result) -> Result {
        body(buffer.span)
    }

    /// The memory of a range, for a kernel in C. While a task writes to a range, the range is its own.
    @inline(__always)
    func withMemory<Result>(
        of range: Range<Int>,
        _ body: (UnsafeMutableBufferPointer<Element>) -> Result
    ) -> Result {
        body(UnsafeMutableBufferPointer(rebasing: buffer[range]))
    }

    /// Writes one place.
    @inline(__always)
    func write(_ element: Element, at position: Int) {
        buffer[position] = element
    }

    /// Reads one place that this task wrote.
    @inline(__always)
    func read(_ position: Int) -> Element {
        buffer[position]
    }

    /// The address of a place, for kernels that work on many places at once. What the class says of writing holds for
    /// all that is done through it.
    @inline(__always)
    func pointer(at position: Int) -> UnsafeMutablePointer<Element> {
        buffer.baseAddress.unsafelyUnwrapped + position
    }

    /// A copy of all elements, once they are filled.
    func copied() -> [Element] { Array(buffer) }

    /// A block of its own with the same elements, once they are filled.
    func copy() -> RowStripes {
        let other = RowStripes(count: count)
        _ = other.buffer.update(from: buffer)
        return other
    }

    /// Fills all places at once.
    convenience init(_ elements: [Element]) {
        self.init(count: elements.count)
        _ = buffer.update(fromContentsOf: elements)
    }
}
