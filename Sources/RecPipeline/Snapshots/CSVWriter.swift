import TextFormats

/// Rows of a CSV file (RFC 4180), gathered in memory up to 64 KB and then compressed.
struct CSVWriter: ~Copyable {
    private let gzip: GzipWriter
    private var pending: [UInt8] = []

    init(path: String, header: String) throws {
        gzip = try GzipWriter(path: path)
        pending.append(contentsOf: "\(header)\n".utf8)
    }

    /// One row; a field is quoted where it has to be.
    mutating func row(_ fields: String...) throws {
        for (number, field) in fields.enumerated() {
            if number > 0 { pending.append(UInt8(ascii: ",")) }
            Self.append(field, to: &pending)
        }
        pending.append(UInt8(ascii: "\n"))
        guard pending.count >= 64 << 10 else { return }
        try gzip.write(pending)
        pending.removeAll(keepingCapacity: true)
    }

    /// Ends the file.
    consuming func finish() throws -> (size: Int, sha256: String) {
        try gzip.write(pending)
        let sha256 = try gzip.finish()
        return (gzip.size, sha256)
    }

    private static func append(_ field: String, to bytes: inout [UInt8]) {
        let utf8 = field.utf8
        let isPlain = !utf8.contains { $0 == 0x22 || $0 == 0x2C || $0 == 0x0A || $0 == 0x0D }
        guard !isPlain else {
            bytes.append(contentsOf: utf8)
            return
        }
        bytes.append(0x22)
        for byte in utf8 {
            if byte == 0x22 { bytes.append(0x22) }
            bytes.append(byte)
        }
        bytes.append(0x22)
    }
}

/// Times as the files have them: RFC 3339 in UTC, with microseconds where there are any.
enum MomentText {
    static func text(_ unixTime: Double) -> String {
        Timestamp.text(unixMicroseconds: Int64((unixTime * 1e6).rounded()))
    }

    /// The same in a name of a folder: `20260102T030405Z`.
    static func folder(_ unixTime: Double) -> String {
        Timestamp.text(unixSeconds: Int64(unixTime.rounded(.down))).filter { $0 != "-" && $0 != ":" }
    }
}
