import Foundation
import FoundationXML

/// An element of the service's XML: name, attributes, text and children.
struct XMLElementTree {
    var name: String
    var attributes: [String: String] = [:]
    var text = ""
    var children: [XMLElementTree] = []

    /// nil when the bytes are not one well-formed document. Entities from outside are not followed.
    init?(_ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return nil }
        let builder = XMLTreeBuilder()
        let parser = XMLParser(data: Data(bytes))
        parser.delegate = builder
        guard parser.parse(), let root = builder.root else { return nil }
        self = root
    }

    init(name: String, attributes: [String: String]) {
        self.name = name
        self.attributes = attributes
    }

    subscript(name: String) -> XMLElementTree? { children.first { $0.name == name } }
}

private final class XMLTreeBuilder: NSObject, XMLParserDelegate {
    private(set) var root: XMLElementTree?
    private var open: [XMLElementTree] = []

    func parser(
        _ parser: XMLParser,
        didStartElement name: String,
        namespaceURI: String?,
        qualifiedName: String?,
        attributes: [String: String]
    ) {
        open.append(XMLElementTree(name: name, attributes: attributes))
    }

    func parser(_ parser: XMLParser, foundCharacters text: String) {
        guard !open.isEmpty else { return }
        open[open.count - 1].text += text
    }

    func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
        guard let done = open.popLast() else { return }
        if open.isEmpty { root = done } else { open[open.count - 1].children.append(done) }
    }
}

/// `<Error><Code/><Message/></Error>`. `AuthenticationErrorDetail` is not read: it holds the text that was signed.
struct ServiceErrorBody {
    var code: String?
    /// The first line; the next ones repeat the request's id and the time.
    var message: String?

    init(_ bytes: [UInt8]) {
        guard let error = XMLElementTree(bytes), error.name == "Error" else { return }
        code = error["Code"]?.text
        message = error["Message"]?.text.split(separator: "\n").first.map(String.init)
    }
}
