/// Writes compact JSON straight into bytes: no intermediate tree, no dictionaries, commas by itself.
///
/// The hot response (ten items) is written in a few microseconds; a generic encoder spends longer than the database does.
/// Numbers are the shortest text that reads back as the same value; a number that is not finite is written as null.
package struct JSONWriter: ~Copyable {
    /// Memory of its own: an array asks at each byte whether it is the only one to hold it.
    private var memory: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    private var count = 0
    private var needsComma = false

    package init(reserving capacity: Int = 512) {
        self.capacity = max(capacity, 64)
        memory = .allocate(capacity: self.capacity)
    }

    deinit { memory.deallocate() }

    package consuming func finish() -> [UInt8] { Array(UnsafeBufferPointer(start: memory, count: count)) }

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
        put(UInt8(ascii: "\""))
        put(name)
        put(UInt8(ascii: "\""))
        put(UInt8(ascii: ":"))
        needsComma = false
    }

    /// A member name made at run time.
    package mutating func key(dynamic name: String) {
        comma()
        quoted(name)
        put(UInt8(ascii: ":"))
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
        put(decimal: value)
        needsComma = true
    }

    package mutating func value(_ value: Int) { self.value(Int64(value)) }

    package mutating func value(_ value: Double) {
        guard value.isFinite else { return null() }
        comma()
        put(value.description)
        needsComma = true
    }

    package mutating func value(_ value: Float) {
        guard value.isFinite else { return null() }
        comma()
        let hundredths = value * 100
        // A share has two decimals at most, and 0.37 is the shortest text that reads back as the float nearest to it.
        if hundredths >= 0, hundredths < 1_000, value == hundredths.rounded() / 100 {
            put(hundredths: Int64(hundredths.rounded()))
        } else {
            put(value.description)
        }
        needsComma = true
    }

    /// An amount held in minor units, written in major units: 1299 → 12.99, 500 → 5.0 (never 5.00, as a Double would be).
    package mutating func majorUnits(_ minor: Int64) {
        comma()
        put(hundredths: minor)
        needsComma = true
    }

    /// Text that is a JSON value already.
    package mutating func raw(_ json: String) {
        comma()
        put(json)
        needsComma = true
    }

    /// The same as bytes.
    package mutating func raw(_ json: [UInt8]) {
        comma()
        json.withUnsafeBufferPointer { put($0) }
        needsComma = true
    }

    /// Members that were written before, without their braces, inside an object.
    package mutating func members(_ table: TextTable, at position: Int, _ range: Range<Int>? = nil) {
        comma()
        table.withText(at: position, range) { put($0) }
        needsComma = true
    }

    /// A time as `Timestamp` writes it.
    package mutating func value(unixSeconds: Int64) {
        comma()
        put(UInt8(ascii: "\""))
        reserve(Timestamp.length)
        Timestamp.write(
            unixSeconds: unixSeconds,
            to: UnsafeMutableBufferPointer(start: memory + count, count: Timestamp.length)
        )
        count += Timestamp.length
        put(UInt8(ascii: "\""))
        needsComma = true
    }

    /// A string of parts that need no escaping, such as a sentence of our own around a text that was escaped before.
    package mutating func text(_ parts: (inout JSONWriter) -> Void) {
        comma()
        put(UInt8(ascii: "\""))
        parts(&self)
        put(UInt8(ascii: "\""))
        needsComma = true
    }

    package mutating func part(_ words: StaticString) { put(words) }
    package mutating func part(_ number: Int) { put(decimal: Int64(number)) }
    package mutating func part(_ table: TextTable, at position: Int, _ range: Range<Int>? = nil) {
        table.withText(at: position, range) { put($0) }
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

    package mutating func member(_ name: StaticString, unixSeconds: Int64?) {
        key(name)
        if let unixSeconds { value(unixSeconds: unixSeconds) } else { null() }
    }

    package mutating func member(_ name: StaticString, _ flag: Bool?) {
        key(name)
        if let flag { value(flag) } else { null() }
    }

    // MARK: Bytes

    private mutating func open(_ bracket: UInt8) {
        comma()
        put(bracket)
        needsComma = false
    }

    private mutating func close(_ bracket: UInt8) {
        put(bracket)
        needsComma = true
    }

    private mutating func comma() {
        if needsComma { put(UInt8(ascii: ",")) }
    }

    private mutating func literal(_ word: StaticString) {
        comma()
        put(word)
        needsComma = true
    }

    /// Makes room for more bytes.
    @inline(__always)
    private mutating func reserve(_ more: Int) {
        if count + more > capacity { grow(to: count + more) }
    }

    @inline(never)
    private mutating func grow(to needed: Int) {
        capacity = max(needed, 2 * capacity)
        let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
        larger.update(from: memory, count: count)
        memory.deallocate()
        memory = larger
    }

    @inline(__always)
    private mutating func put(_ byte: UInt8) {
        reserve(1)
        memory[count] = byte
        count += 1
    }

    @inline(__always)
    private mutating func put(_ text: UnsafeBufferPointer<UInt8>) {
        guard let start = text.baseAddress else { return }
        reserve(text.count)
        (memory + count).update(from: start, count: text.count)
        count += text.count
    }

    @inline(__always)
    private mutating func put(_ text: StaticString) {
        put(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    private mutating func put(_ text: String) {
        var text = text
        text.withUTF8 { put($0) }
    }

    /// Hundredths with one decimal or two.
    private mutating func put(hundredths: Int64) {
        if hundredths < 0 { put(UInt8(ascii: "-")) }
        let magnitude = hundredths.magnitude
        put(decimal: Int64(clamping: magnitude / 100))
        put(UInt8(ascii: "."))
        let rest = magnitude % 100
        put(UInt8(ascii: "0") + UInt8(rest / 10))
        if rest % 10 != 0 { put(UInt8(ascii: "0") + UInt8(rest % 10)) }
    }

    private mutating func put(decimal value: Int64) {
        if value < 0 { put(UInt8(ascii: "-")) }
        var rest = value.magnitude
        var digits = 1
        var limit: UInt64 = 10
        while digits < 19, rest >= limit {
            digits += 1
            limit *= 10
        }
        reserve(digits)
        for place in stride(from: count + digits - 1, through: count, by: -1) {
            memory[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
        count += digits
    }

    /// Whole runs without a character to escape are copied at once; most strings are one run.
    private mutating func quoted(_ text: String) {
        put(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { utf8 in
            var run = 0
            for index in utf8.indices {
                let byte = utf8[index]
                guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
                put(UnsafeBufferPointer(rebasing: utf8[run..<index]))
                putEscaped(byte)
                run = index + 1
            }
            put(UnsafeBufferPointer(rebasing: utf8[run...]))
        }
        put(UInt8(ascii: "\""))
    }

    private mutating func putEscaped(_ byte: UInt8) {
        put(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): put(byte)
        case 0x08: put(UInt8(ascii: "b"))
        case 0x09: put(UInt8(ascii: "t"))
        case 0x0A: put(UInt8(ascii: "n"))
        case 0x0C: put(UInt8(ascii: "f"))
        case 0x0D: put(UInt8(ascii: "r"))
        default:
            put("u00" as StaticString)
            for digit in [byte >> 4, byte & 0xF] {
                put(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
            }
        }
    }
}
