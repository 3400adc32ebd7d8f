/// Why and where a text is not JSON.
package struct JSONSyntaxError: Error, Equatable, CustomStringConvertible {
    package let reason: String
    /// Both count from one; the column counts characters (Unicode scalars).
    package let line: Int
    package let column: Int

    package init(reason: String, line: Int, column: Int) {
        self.reason = reason
        self.line = line
        self.column = column
    }

    package var description: String { "\(reason) at line \(line), column \(column)" }
}

/// A strict RFC 8259 reader over bytes, one pass, O(n).
///
/// Foundation's decoder stops at the first mismatch and cannot decode a value of unknown shape without trying one type
/// after another; here one parse gives the whole value, and the field checks that follow can report every problem at once.
package struct JSONParser: ~Copyable {
    /// What is accepted beside the grammar of RFC 8259.
    package enum Dialect: Sendable {
        /// Nothing.
        case strict
        /// `//` and `/* */` comments and a comma before a closing bracket, as the Functions host reads its own files.
        case configuration
    }

    /// Deeper nesting is refused: the parser recurses, and no body or invocation of ours is deeper than eight.
    package static let maximumDepth = 64

    private let bytes: [UInt8]
    private let dialect: Dialect
    private var index = 0

    private init(_ bytes: [UInt8], _ dialect: Dialect) {
        self.bytes = bytes
        self.dialect = dialect
    }

    /// - Throws: `JSONSyntaxError` for anything that is not exactly one JSON value, invalid UTF-8 included.
    package static func parse(
        _ bytes: [UInt8],
        as dialect: Dialect = .strict
    ) throws(JSONSyntaxError) -> JSONValue {
        var parser = JSONParser(bytes, dialect)
        // A byte-order mark is not JSON, but Windows tools write one in front of files people upload.
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { parser.index = 3 }
        try parser.skipBlanks()
        let value = try parser.value(depth: 0)
        try parser.skipBlanks()
        guard parser.index == bytes.count else { throw parser.failure("text after the end of the JSON value") }
        return value
    }

    package static func parse(
        _ text: String,
        as dialect: Dialect = .strict
    ) throws(JSONSyntaxError) -> JSONValue {
        try parse([UInt8](text.utf8), as: dialect)
    }

    private mutating func value(depth: Int) throws(JSONSyntaxError) -> JSONValue {
        guard depth < Self.maximumDepth else {
            throw failure("more than \(Self.maximumDepth) levels of nesting")
        }
        guard index < bytes.count else { throw failure("the text ends where a value should be") }
        switch bytes[index] {
        case UInt8(ascii: "{"): return try objectValue(depth: depth)
        case UInt8(ascii: "["): return try arrayValue(depth: depth)
        case UInt8(ascii: "\""): return .string(try stringValue())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try numberValue()
        default: throw failure("not the start of a JSON value")
        }
    }

    private mutating func objectValue(depth: Int) throws(JSONSyntaxError) -> JSONValue {
        index += 1
        var members: [String: JSONValue] = [:]
        try skipBlanks()
        if take(UInt8(ascii: "}")) { return .object(members) }
        while true {
            guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") else {
                throw failure("a member name in double quotes should be here")
            }
            let name = try stringValue()
            try skipBlanks()
            guard take(UInt8(ascii: ":")) else { throw failure("a colon should be here") }
            try skipBlanks()
            members[name] = try value(depth: depth + 1)
            try skipBlanks()
            if take(UInt8(ascii: "}")) { return .object(members) }
            guard take(UInt8(ascii: ",")) else { throw failure("a comma or } should be here") }
            try skipBlanks()
            if dialect == .configuration, take(UInt8(ascii: "}")) { return .object(members) }
        }
    }

    private mutating func arrayValue(depth: Int) throws(JSONSyntaxError) -> JSONValue {
        index += 1
        var elements: [JSONValue] = []
        try skipBlanks()
        if take(UInt8(ascii: "]")) { return .array(elements) }
        while true {
            elements.append(try value(depth: depth + 1))
            try skipBlanks()
            if take(UInt8(ascii: "]")) { return .array(elements) }
            guard take(UInt8(ascii: ",")) else { throw failure("a comma or ] should be here") }
            try skipBlanks()
            if dialect == .configuration, take(UInt8(ascii: "]")) { return .array(elements) }
        }
    }

    private mutating func numberValue() throws(JSONSyntaxError) -> JSONValue {
        let start = index
        if bytes[index] == UInt8(ascii: "-") { index += 1 }
        let leadingZero = index < bytes.count && bytes[index] == UInt8(ascii: "0")
        let whole = takeDigits()
        guard whole > 0 else { throw failure("a digit should be here") }
        guard !(leadingZero && whole > 1) else { throw failure("a number may not start with 0") }
        var isWhole = true
        if take(UInt8(ascii: ".")) {
            isWhole = false
            guard takeDigits() > 0 else { throw failure("a digit should follow the decimal point") }
        }
        if index < bytes.count, bytes[index] | 0x20 == UInt8(ascii: "e") {
            isWhole = false
            index += 1
            if index < bytes.count, bytes[index] == UInt8(ascii: "+") || bytes[index] == UInt8(ascii: "-") {
                index += 1
            }
            guard takeDigits() > 0 else { throw failure("a digit should be in the exponent") }
        }
        let text = String(decoding: bytes[start..<index], as: UTF8.self)
        if isWhole, let integer = Int64(text) { return .integer(integer) }
        guard let double = Double(text), double.isFinite else { throw failure("the number is out of range") }
        return .number(double)
    }

    private mutating func stringValue() throws(JSONSyntaxError) -> String {
        let opening = index
        index += 1
        let start = index
        while index < bytes.count, bytes[index] != UInt8(ascii: "\""), bytes[index] != UInt8(ascii: "\\"),
            bytes[index] >= 0x20
        {
            index += 1
        }
        guard index < bytes.count else { throw unterminated(from: opening) }
        if bytes[index] == UInt8(ascii: "\"") {
            let end = index
            index += 1
            return try text(bytes[start..<end])
        }
        var unescaped = Array(bytes[start..<index])
        while true {
            guard index < bytes.count else { throw unterminated(from: opening) }
            let byte = bytes[index]
            switch byte {
            case UInt8(ascii: "\""):
                index += 1
                return try text(unescaped[...])
            case UInt8(ascii: "\\"):
                index += 1
                try appendEscape(to: &unescaped)
            case 0x0A, 0x0D:
                throw unterminated(from: opening)
            case 0..<0x20:
                throw failure("a control character must be escaped in a string")
            default:
                unescaped.append(byte)
                index += 1
            }
        }
    }

    /// Where a string begins says more to the person who forgot its end than where the text ends.
    private mutating func unterminated(from opening: Int) -> JSONSyntaxError {
        index = opening
        return failure("the string that begins here does not end on its line")
    }

    private func text(_ slice: ArraySlice<UInt8>) throws(JSONSyntaxError) -> String {
        guard let text = String(validating: slice, as: UTF8.self) else {
            throw failure("the string is not valid UTF-8")
        }
        return text
    }

    private mutating func appendEscape(to unescaped: inout [UInt8]) throws(JSONSyntaxError) {
        guard index < bytes.count else { throw failure("the text ends inside a string") }
        let escape = bytes[index]
        index += 1
        switch escape {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): unescaped.append(escape)
        case UInt8(ascii: "b"): unescaped.append(0x08)
        case UInt8(ascii: "f"): unescaped.append(0x0C)
        case UInt8(ascii: "n"): unescaped.append(0x0A)
        case UInt8(ascii: "r"): unescaped.append(0x0D)
        case UInt8(ascii: "t"): unescaped.append(0x09)
        case UInt8(ascii: "u"):
            var code = try hexadecimalCode()
            if (0xD800..<0xDC00).contains(code) {
                guard take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else {
                    throw failure("half of a surrogate pair")
                }
                let low = try hexadecimalCode()
                guard (0xDC00..<0xE000).contains(low) else { throw failure("half of a surrogate pair") }
                code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(code) else { throw failure("half of a surrogate pair") }
            unescaped.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        default:
            throw failure("no such escape")
        }
    }

    private mutating func hexadecimalCode() throws(JSONSyntaxError) -> UInt32 {
        guard index + 4 <= bytes.count else { throw failure("four hexadecimal digits should be here") }
        var code: UInt32 = 0
        for byte in bytes[index..<index + 4] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw failure("four hexadecimal digits should be here")
            }
            code = code << 4 | UInt32(digit)
        }
        index += 4
        return code
    }

    private mutating func literal(_ word: StaticString, _ value: JSONValue) throws(JSONSyntaxError) -> JSONValue {
        let end = index + word.utf8CodeUnitCount
        guard end <= bytes.count, bytes[index..<end].elementsEqual(word.description.utf8) else {
            throw failure("not the start of a JSON value")
        }
        index = end
        return value
    }

    private mutating func takeDigits() -> Int {
        let start = index
        while index < bytes.count, bytes[index] >= UInt8(ascii: "0"), bytes[index] <= UInt8(ascii: "9") { index += 1 }
        return index - start
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard index < bytes.count, bytes[index] == byte else { return false }
        index += 1
        return true
    }

    private mutating func skipBlanks() throws(JSONSyntaxError) {
        while index < bytes.count {
            switch bytes[index] {
            case 0x20, 0x09, 0x0A, 0x0D: index += 1
            case UInt8(ascii: "/") where dialect == .configuration: try skipComment()
            default: return
            }
        }
    }

    private mutating func skipComment() throws(JSONSyntaxError) {
        let start = index
        index += 1
        if take(UInt8(ascii: "/")) {
            while index < bytes.count, bytes[index] != 0x0A { index += 1 }
            return
        }
        guard take(UInt8(ascii: "*")) else { throw failure("a comment begins with // or /*") }
        while index + 1 < bytes.count {
            if bytes[index] == UInt8(ascii: "*"), bytes[index + 1] == UInt8(ascii: "/") {
                index += 2
                return
            }
            index += 1
        }
        index = start
        throw failure("the comment that begins here has no end")
    }

    private func failure(_ reason: String) -> JSONSyntaxError {
        let before = bytes[..<min(index, bytes.count)]
        let line = before.count { $0 == 0x0A } + 1
        let start = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        // Bytes that continue a character (10xxxxxx) do not count.
        let column = before[start...].count { $0 & 0xC0 != 0x80 } + 1
        return JSONSyntaxError(reason: reason, line: line, column: column)
    }
}
