/// Writes the few shapes of JSON that the rows need, keys in the given order.
struct JSONText {
    private(set) var text = ""

    /// Writes an object whose members the closure appends.
    mutating func appendObject(_ members: (inout Members) -> Void) {
        var object = Members(json: self)
        object.json.text += "{"
        members(&object)
        self = object.json
        text += "}"
    }

    /// Writes a string with quotes. The vocabulary has no control characters, so quote and backslash are all to escape.
    private mutating func append(_ string: String) {
        text += "\""
        if string.utf8.contains(where: { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }) {
            for character in string {
                if character == "\"" || character == "\\" { text += "\\" }
                text.append(character)
            }
        } else {
            text += string
        }
        text += "\""
    }

    /// The members of an object being written.
    struct Members {
        fileprivate var json: JSONText
        private var isFirst = true

        fileprivate init(json: JSONText) { self.json = json }

        mutating func append(_ key: String, _ value: String) {
            begin(key)
            json.append(value)
        }

        mutating func append(_ key: String, _ values: [String]) {
            begin(key)
            json.text += "["
            for (place, value) in values.enumerated() {
                if place > 0 { json.text += "," }
                json.append(value)
            }
            json.text += "]"
        }

        mutating func append(_ key: String, _ values: [(String, String)]) {
            begin(key)
            json.appendObject { object in
                for (key, value) in values { object.append(key, value) }
            }
        }

        private mutating func begin(_ key: String) {
            if !isFirst { json.text += "," }
            isFirst = false
            json.append(key)
            json.text += ":"
        }
    }
}
