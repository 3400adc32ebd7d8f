/// Cuts a byte stream into lines.
struct LineSplitter {
    private var pending: [UInt8] = []
    /// Longer lines are cut here, so that a handler without line ends cannot fill the memory.
    let limit: Int

    init(limit: Int = 256 * 1024) { self.limit = limit }

    /// The lines that `bytes` completes. A carriage return before the line end is dropped.
    mutating func append(_ bytes: some Sequence<UInt8>) -> [String] {
        var lines: [String] = []
        for byte in bytes {
            if byte == UInt8(ascii: "\n") {
                lines.append(take())
            } else {
                pending.append(byte)
                if pending.count == limit { lines.append(take()) }
            }
        }
        return lines
    }

    /// The unfinished last line, if any.
    mutating func finish() -> String? { pending.isEmpty ? nil : take() }

    private mutating func take() -> String {
        if pending.last == UInt8(ascii: "\r") { pending.removeLast() }
        defer { pending.removeAll(keepingCapacity: true) }
        return String(decoding: pending, as: UTF8.self)
    }
}
