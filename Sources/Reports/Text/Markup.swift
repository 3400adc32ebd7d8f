/// Writes elements, every one closed and every text escaped. The result is HTML and well-formed XML at once.
struct Markup {
    private(set) var result = ""

    /// Attributes in the order they are written; those that are nil are left out.
    typealias Attributes = KeyValuePairs<String, String?>

    mutating func element(_ name: String, _ attributes: Attributes = [:], _ body: (inout Markup) -> Void) {
        open(name, attributes, ending: ">")
        body(&self)
        result += "</\(name)>"
    }

    mutating func element(_ name: String, _ attributes: Attributes = [:], text: String) {
        element(name, attributes) { $0.text(text) }
    }

    /// An element without content: a void one of HTML or a shape of SVG.
    mutating func empty(_ name: String, _ attributes: Attributes = [:]) {
        open(name, attributes, ending: "/>")
    }

    mutating func text(_ text: String) {
        result += text.escaped
    }

    /// What is markup already.
    mutating func raw(_ markup: String) {
        result += markup
    }

    mutating func line() {
        result += "\n"
    }

    private mutating func open(_ name: String, _ attributes: Attributes, ending: String) {
        result += "<" + name
        for case (let key, let value?) in attributes {
            result += " " + key + "=\"" + value.escaped + "\""
        }
        result += ending
    }
}
