/// Writes compact JSON straight into bytes: no intermediate tree, no dictionaries, commas by itself.
///
/// The hot response (ten items) is written in a few microseconds; a generic encoder spends longer than the database does.
/// Numbers are the shortest text that reads back as the same value; a number that is not finite is written as null.
package struct JSONWriter: ~Copyable {
    package private(set) var bytes: [UInt8] = []
    private var needsComma = false

    package init(reserving capacity: Int = 512) {
        bytes.reserveCapacity(capacity)
    }

    package consuming func finish() -> [UInt8] { bytes }

    // MARK: Structure

    package mutating func object(_ members: (inout JSONWriter) throws -> Void) rethrows {
        open(UInt8(ascii: "{"))
        try members(&self)
        close(UInt8(ascii: "}"))
    }

    package mutating func array(_ elements: (inout JSONWriter) throws -> Void) rethrows {
        open(UInt8(ascii: "["))
        try elements(&self)
        close(UInt8(ascii: "]"))
    }

    /// A member name that is known at compile time and needs no escaping.
    package mutating func key(_ name: StaticString) {
        comma()
        bytes.append(UInt8(ascii: "\""))
        bytes.append(contentsOf: UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// A member name made at run time.
    package mutating func key(dynamic name: String) {
        comma()
        quoted(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    // MARK: Values

    package mutating func null() { literal("null") }
    package mutating func value(_ value: Bool) { literal(value ? "true" : "false") }

    package mutating func value(_ value: String) {
        comma()
        quoted(value)
        needsComma = true
    }

    package mutating func value(_ value: Int64) {
        comma()
        appendDecimal(value)
        needsComma = true
    }

    package mutating func value(_ value: Int) { self.value(Int64(value)) }

    package mutating func value(_ value: Double) {
        guard value.isFinite else { return null() }
        comma()
        bytes.append(contentsOf: value.description.utf8)
        needsComma = true
    }

    package mutating func value(_ value: Float) {
        guard value.isFinite else { return null() }
        comma()
        let hundredths = value * 100
        // A share has two decimals at most, and 0.37 is the shortest text that reads back as the float nearest to it.
        if hundredths >= 0, hundredths < 1_000, value == hundredths.rounded() / 100 {
            appendDecimals(Int64(hundredths.rounded()))
        } else {
            bytes.append(contentsOf: value.description.utf8)
        }
        needsComma = true
    }

    /// An amount held in minor units, written in major units: 1299 → 12.99, 500 → 5.0 (never 5.00, as a Double would be).
    package mutating func majorUnits(_ minor: Int64) {
        comma()
        appendDecimals(minor)
        needsComma = true
    }

    /// Bytes that are a JSON value already.
    package mutating func raw(_ json: some Sequence<UInt8>) {
        comma()
        bytes.append(contentsOf: json)
        needsComma = true
    }

    /// Members that were written before, without their braces, inside an object.
    package mutating func members(_ table: TextTable, at position: Int) {
        comma()
        table.withText(at: position) { bytes.append(contentsOf: $0) }
        needsComma = true
    }

    /// A string with a text in its middle that was escaped before; what stands around it needs no escaping.
    package mutating func value(_ before: StaticString, _ escaped: TextTable, at position: Int, _ after: String) {
        comma()
        bytes.append(UInt8(ascii: "\""))
        bytes.append(contentsOf: UnsafeBufferPointer(start: before.utf8Start, count: before.utf8CodeUnitCount))
        escaped.withText(at: position) { bytes.append(contentsOf: $0) }
        bytes.append(contentsOf: after.utf8)
        bytes.append(UInt8(ascii: "\""))
        needsComma = true
    }

    package mutating func value(_ value: JSONValue) {
        switch value {
        case .null: null()
        case .bool(let flag): self.value(flag)
        case .integer(let number): self.value(number)
        case .number(let number): self.value(number)
        case .string(let text): self.value(text)
        case .array(let elements): array { writer in for element in elements { writer.value(element) } }
        case .object(let members):
            object { writer in
                for (name, member) in members.sorted(by: { $0.key < $1.key }) {
                    writer.key(dynamic: name)
                    writer.value(member)
                }
            }
        }
    }

    // MARK: Members

    package mutating func member(_ name: StaticString, _ text: String?) {
        key(name)
        if let text { value(text) } else { null() }
    }

    package mutating func member(_ name: StaticString, _ number: Int64?) {
        key(name)
        if let number { value(number) } else { null() }
    }

    package mutating func member(_ name: StaticString, _ number: Int?) { member(name, number.map(Int64.init)) }

    package mutating func member(_ name: StaticString, _ number: Double?) {
        key(name)
        if let number { value(number) } else { null() }
    }

    package mutating func member(_ name: StaticString, _ number: Float?) {
        key(name)
        if let number { value(number) } else { null() }
    }

    package mutating func member(_ name: StaticString, _ flag: Bool?) {
        key(name)
        if let flag { value(flag) } else { null() }
    }

    // MARK: Bytes

    private mutating func open(_ bracket: UInt8) {
        comma()
        bytes.append(bracket)
        needsComma = false
    }

    private mutating func close(_ bracket: UInt8) {
        bytes.append(bracket)
        needsComma = true
    }

    private mutating func comma() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
    }

    private mutating func literal(_ word: StaticString) {
        comma()
        bytes.append(contentsOf: UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
        needsComma = true
    }

    /// Hundredths with one decimal or two.
    private mutating func appendDecimals(_ hundredths: Int64) {
        if hundredths < 0 { bytes.append(UInt8(ascii: "-")) }
        let magnitude = hundredths.magnitude
        appendDecimal(Int64(clamping: magnitude / 100))
        bytes.append(UInt8(ascii: "."))
        let rest = magnitude % 100
        bytes.append(UInt8(ascii: "0") + UInt8(rest / 10))
        if rest % 10 != 0 { bytes.append(UInt8(ascii: "0") + UInt8(rest % 10)) }
    }

    private mutating func appendDecimal(_ value: Int64) {
        if value >= 0, value < 10 {
            bytes.append(UInt8(ascii: "0") + UInt8(value))
            return
        }
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        let magnitude = value.magnitude
        var divisor: UInt64 = 1
        while magnitude / divisor >= 10 { divisor *= 10 }
        while divisor > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(magnitude / divisor % 10))
            divisor /= 10
        }
    }

    /// Whole runs without a character to escape are copied at once; most strings are one run.
    private mutating func quoted(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { utf8 in
            var run = 0
            for index in utf8.indices {
                let byte = utf8[index]
                guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
                bytes.append(contentsOf: utf8[run..<index])
                appendEscaped(byte)
                run = index + 1
            }
            bytes.append(contentsOf: utf8[run...])
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func appendEscaped(_ byte: UInt8) {
        bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(byte)
        case 0x08: bytes.append(UInt8(ascii: "b"))
        case 0x09: bytes.append(UInt8(ascii: "t"))
        case 0x0A: bytes.append(UInt8(ascii: "n"))
        case 0x0C: bytes.append(UInt8(ascii: "f"))
        case 0x0D: bytes.append(UInt8(ascii: "r"))
        default:
            bytes.append(contentsOf: [UInt8(ascii: "u"), UInt8(ascii: "0"), UInt8(ascii: "0")])
            for digit in [byte >> 4, byte & 0xF] {
                bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
            }
        }
    }
}
