/// The first place where a text stops being JSON, in words for the person who wrote it.
///
/// Foundation's decoder says on Linux only that a text is not JSON, not where, and lets a comma before a '}' pass.
struct JSONFault: Error, Equatable, CustomStringConvertible {
    /// Both from 1; a column is a character.
    let line: Int
    let column: Int
    let what: String

    var description: String { "line \(line), column \(column): \(what)" }

    /// The first fault of `text`, its place counted in `original`, which differs only in bytes that are blanks in `text`.
    ///
    /// - Returns: nil when every rule of RFC 8259's grammar holds.
    static func first(in text: [UInt8], asWrittenIn original: [UInt8]) -> JSONFault? {
        var reader = JSONFaultReader(bytes: text)
        guard let found = reader.read() else { return nil }
        let before = original.prefix(found.offset)
        let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        return JSONFault(
            line: before.count(where: { $0 == UInt8(ascii: "\n") }) + 1,
            // Bytes that go on with a character (10xxxxxx) do not count.
            column: before[lineStart...].count(where: { $0 & 0xC0 != 0x80 }) + 1,
            what: found.what
        )
    }
}

/// Reads JSON for its grammar alone, without making values.
private struct JSONFaultReader {
    let bytes: [UInt8]
    private var index = 0

    struct Found: Error {
        let offset: Int
        let what: String
    }

    /// As deep as Foundation's decoder goes.
    private static let depthLimit = 512

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func read() -> Found? {
        // A byte order mark, as editors on Windows write it.
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { index = 3 }
        do throws(Found) {
            try value(depth: 0)
            skipBlanks()
            guard index == bytes.count else { throw expected("the end of the text") }
            return nil
        } catch {
            return error
        }
    }

    private mutating func value(depth: Int) throws(Found) {
        skipBlanks()
        guard depth < Self.depthLimit else { throw Found(offset: index, what: "it is nested too deeply") }
        switch peek {
        case "{":
            try list(until: "}", expecting: "',' or '}'") { (reader) throws(Found) in
                try reader.member(depth: depth)
            }
        case "[":
            try list(until: "]", expecting: "',' or ']'") { (reader) throws(Found) in
                try reader.value(depth: depth + 1)
            }
        case "\"": try string()
        case "-", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9": try number()
        case "t": try word("true")
        case "f": try word("false")
        case "n": try word("null")
        default: throw expected("a value")
        }
    }

    private mutating func list(
        until end: Unicode.Scalar,
        expecting separator: String,
        _ element: (inout JSONFaultReader) throws(Found) -> Void
    ) throws(Found) {
        index += 1
        skipBlanks()
        if take(end) { return }
        while true {
            try element(&self)
            skipBlanks()
            if take(end) { return }
            guard take(",") else { throw expected(separator) }
        }
    }

    private mutating func member(depth: Int) throws(Found) {
        skipBlanks()
        guard peek == "\"" else { throw expected("a name in double quotes") }
        try string()
        skipBlanks()
        guard take(":") else { throw expected("':'") }
        try value(depth: depth + 1)
    }

    private mutating func string() throws(Found) {
        let start = index
        index += 1
        while let next = peek {
            switch next {
            case "\"":
                index += 1
                return
            case "\\":
                index += 1
                try escape()
            case "\n", "\r": throw Found(offset: start, what: "the string that begins here does not end on its line")
            case _ where next.value < 0x20:
                throw Found(offset: index, what: "a control character needs an escape such as \\t")
            default: index += 1
            }
        }
        throw Found(offset: start, what: "the string that begins here has no end")
    }

    private mutating func escape() throws(Found) {
        if take("u") {
            for _ in 0..<4 {
                guard let digit = peek, digit.properties.isASCIIHexDigit else { throw expected("a hexadecimal digit") }
                index += 1
            }
            return
        }
        guard let next = peek, "\"\\/bfnrt".unicodeScalars.contains(next) else {
            throw expected("an escape such as \\n")
        }
        index += 1
    }

    private mutating func number() throws(Found) {
        _ = take("-")
        if !take("0") { try digits() }
        if take(".") { try digits() }
        if take("e") || take("E") {
            _ = take("+") || take("-")
            try digits()
        }
    }

    private mutating func digits() throws(Found) {
        guard isDigit else { throw expected("a digit") }
        while isDigit { index += 1 }
    }

    private mutating func word(_ word: String) throws(Found) {
        guard bytes[index...].starts(with: word.utf8) else { throw expected("a value") }
        index += word.utf8.count
    }

    private mutating func skipBlanks() {
        while let next = peek, next == " " || next == "\n" || next == "\r" || next == "\t" { index += 1 }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard peek == character else { return false }
        index += 1
        return true
    }

    /// The byte at hand as a character; what is no ASCII is compared with nothing that JSON knows.
    private var peek: Unicode.Scalar? { index < bytes.count ? Unicode.Scalar(bytes[index]) : nil }

    private var isDigit: Bool { peek.map { ("0"..."9").contains($0) } ?? false }

    private func expected(_ what: String) -> Found {
        guard index < bytes.count else { return Found(offset: index, what: "\(what) is missing at the end") }
        let rest = String(decoding: bytes[index...].prefix(8), as: UTF8.self)
        return Found(offset: index, what: "\(what) is expected, not '\(rest.prefix(1))'")
    }
}
