import Foundation
import Shop

/// Rows of a CSV file (RFC 4180), gathered in memory up to 64 KB and then compressed.
///
/// What is written is what ``CSVReader`` reads: a text that a reader would take for "no value" (`None`, `-`) is in quotes, and
/// a record that holds a line break has all its fields in quotes, which distinguishes it from a stray quote.
struct CSVWriter: ~Copyable {
    private let name: String
    private let gzip: GzipWriter
    private var pending: [UInt8] = []

    init(_ name: String, in folder: URL, header: String) throws {
        self.name = name
        gzip = try GzipWriter(path: folder.appendingPathComponent(name).path)
        pending.append(contentsOf: "\(header)\n".utf8)
    }

    /// One row; nil is an empty field.
    mutating func row(_ fields: String?...) throws {
        let quotesAll = fields.contains { $0?.utf8.contains { $0 == 0x0A || $0 == 0x0D } == true }
        for (number, field) in fields.enumerated() {
            if number > 0 { pending.append(UInt8(ascii: ",")) }
            append(field ?? "", isQuoted: quotesAll)
        }
        pending.append(UInt8(ascii: "\n"))
        guard pending.count >= 64 << 10 else { return }
        try gzip.write(pending)
        pending.removeAll(keepingCapacity: true)
    }

    /// Ends the file.
    /// - Returns: what a summary says of it.
    consuming func finish() throws -> ModelManifest.File {
        try gzip.write(pending)
        let sha256 = try gzip.finish()
        return ModelManifest.File(name: name, size: gzip.size, sha256: sha256)
    }

    private mutating func append(_ field: String, isQuoted: Bool) {
        let utf8 = field.utf8
        guard isQuoted || utf8.contains(where: { $0 == 0x22 || $0 == 0x2C }) || Self.isAbsenceWord(field) else {
            pending.append(contentsOf: utf8)
            return
        }
        pending.append(0x22)
        for byte in utf8 {
            if byte == 0x22 { pending.append(0x22) }
            pending.append(byte)
        }
        pending.append(0x22)
    }

    private static func isAbsenceWord(_ field: String) -> Bool {
        field.utf8.count <= 4 && ImportText.isAbsenceWord(field.utf8Span.span)
    }
}

extension TextRule {
    /// A stored text as an import accepts it: rows of older versions may hold line breaks and other Unicode forms. Nil when
    /// nothing of it is left.
    func exported(_ text: String) -> String? {
        if let accepted = accepted(text) { return accepted }
        let scalars = text.unicodeScalars.map { $0.value < 0x20 || $0.properties.isWhitespace ? " " : $0 }
        return accepted(String(String.UnicodeScalarView(scalars)))
    }
}
