import RecPipeline
import Testing

@Suite("CSV reader")
struct ImportCSVTests {
    /// Rows as text, and the malformed lines, of a file with columns a and b.
    private func read(
        _ bytes: [UInt8],
        columns: [CSVColumn] = [CSVColumn("a"), CSVColumn("b")],
        chunkSize: Int = 256 << 10,
        largestRead: Int = .max
    ) throws -> (rows: [[String]], lines: [Int], malformed: [MalformedLine]) {
        var reader = try CSVReader(
            MemorySource(bytes, largestRead: largestRead),
            columns: columns,
            chunkSize: chunkSize
        )
        var batch = CSVBatch()
        var rows: [[String]] = []
        var lines: [Int] = []
        var malformed: [MalformedLine] = []
        while try reader.next(into: &batch) {
            rows += (0..<batch.rowCount).map { row in columns.indices.map { batch.string(row, $0) } }
            lines += batch.lines
            malformed += batch.malformed
        }
        return (rows, lines, malformed)
    }

    private func read(_ text: String, chunkSize: Int = 256 << 10) throws -> (
        rows: [[String]], lines: [Int], malformed: [MalformedLine]
    ) {
        try read(Array(text.utf8), chunkSize: chunkSize)
    }

    @Test("quotes, embedded commas and line ends, doubled quotes, CRLF, byte order mark and a last line without an end")
    func format() throws {
        let text =
            "\u{FEFF}a,b\r\n1,plain\r\n\"2\",\"with, comma\"\r\n3,\"two\nlines\"\r\n4,\"say \"\"hi\"\"\"\r\n5,5\" nail\n6,"
        let result = try read(text)
        #expect(
            result.rows == [
                ["1", "plain"], ["2", "with, comma"], ["3", "two\nlines"], ["4", "say \"hi\""], ["5", "5\" nail"],
                ["6", ""],
            ]
        )
        #expect(result.lines == [2, 3, 4, 6, 7, 8])
        #expect(result.malformed.isEmpty)
    }

    @Test("a chunk may end at any byte without changing what is read", arguments: [1, 2, 3, 5, 7, 11, 13, 64])
    func chunkBoundaries(chunkSize: Int) throws {
        let text = "a,b\r\n\"x\"\"y\",\"1\r\n2\"\r\n\r\nZoë,\"\"\r\n\"\",é\n\"\"\"\",z\nshort\nlast,one"
        let whole = try read(text)
        let pieces = try read(Array(text.utf8), chunkSize: chunkSize, largestRead: chunkSize)
        #expect(whole.rows == [["x\"y", "1\r\n2"], ["Zoë", ""], ["", "é"], ["\"", "z"], ["last", "one"]])
        #expect(whole.malformed == [MalformedLine(line: 8, reason: "has 1 fields where the header has 2")])
        #expect(pieces.rows == whole.rows)
        #expect(pieces.lines == whole.lines)
        #expect(pieces.malformed == whole.malformed)
    }

    @Test("columns are found by name in any order and spelling, others are ignored")
    func header() throws {
        let columns = [
            CSVColumn("CustomerID"), CSVColumn("Price", aliases: ["UnitPrice"]), CSVColumn("x", isRequired: false),
        ]
        let result = try read(Array("other, unit_price ,Customer ID\no,2.5,17\n".utf8), columns: columns)
        #expect(result.rows == [["17", "2.5", ""]])
    }

    @Test("a missing column is named, and a semicolon file is told apart")
    func missingColumn() throws {
        let error = try #require(throws: ImportError.self) { try read("a,c\n1,2\n") }
        #expect(error.code == .missingColumns)
        #expect(error.message == "has no column b; its first line names: a, c")
        let semicolons = try #require(throws: ImportError.self) { try read("a;b\n1;2\n") }
        #expect(semicolons.message.contains("not by semicolons"))
    }

    @Test("an empty file is an error, a file with only a header has no rows")
    func emptyFiles() throws {
        #expect(try #require(throws: ImportError.self) { try read("") }.code == .emptyFile)
        #expect(try read("a,b").rows.isEmpty)
        #expect(try read("a,b\n").rows.isEmpty)
    }

    @Test("malformed records are reported with their line, and reading goes on behind them")
    func malformed() throws {
        let result = try read("a,b\n1,2\n\"bad\"x,2\n3,4,5\n6,7\n8,\"never closed\n9,10\n")
        #expect(result.rows == [["1", "2"], ["6", "7"], ["9", "10"]])
        #expect(
            result.malformed == [
                MalformedLine(line: 3, reason: "text follows a closing quote"),
                MalformedLine(line: 4, reason: "has 3 fields where the header has 2"),
                MalformedLine(line: 6, reason: "a quote opens a field and is never closed"),
            ]
        )
    }

    @Test("a quote that is never closed costs one line of a long file, not the rest of it")
    func unclosedQuoteInLongFile() throws {
        let rows = 200_000
        let text = "a,b\n1,\"open\n" + String(repeating: "value,value\n", count: rows)
        let result = try read(text)
        #expect(result.rows.count == rows)
        #expect(result.malformed == [MalformedLine(line: 2, reason: "is over 1 MB long: a quote is not closed")])
        #expect(result.lines.last == rows + 2)
    }

    @Test("a line without an end over several megabytes is one malformed record, and the next line is read")
    func endlessLine() throws {
        for open in ["", "\""] {
            let result = try read("a,b\n1,2\n3,\(open)" + String(repeating: "x", count: 3 << 20) + "\n4,5\n")
            #expect(result.rows == [["1", "2"], ["4", "5"]])
            #expect(result.lines == [2, 4])
            #expect(result.malformed == [MalformedLine(line: 3, reason: "is over 1 MB long: a quote is not closed")])
        }
        let last = try read("a,b\n1,2\n3," + String(repeating: "x", count: 3 << 20))
        #expect(last.rows == [["1", "2"]])
        #expect(last.malformed.map(\.line) == [3])
    }

    @Test("a file whose lines end with CR alone is refused, whatever its length", arguments: [3, 300_000])
    func carriageReturns(rows: Int) throws {
        for header in ["a,b", "\"a\",\"b\""] {
            let error = try #require(throws: ImportError.self) {
                try read(header + "\r" + String(repeating: "1,2\r", count: rows))
            }
            #expect(error.code == .notText)
            #expect(error.message.contains("carriage return"))
        }
        #expect(try read("a,b\r").rows.isEmpty)
    }

    @Test("the names of a file's own columns do not reach a terminal raw, nor all of them")
    func headerNames() throws {
        let error = try #require(throws: ImportError.self) {
            try read("\u{1B}[2Jx," + (1...50).map { "c\($0)" }.joined(separator: ",") + "\n")
        }
        #expect(error.message.hasPrefix("has no column a, b; its first line names: \\u{1B}[2Jx, c1, "))
        #expect(error.message.hasSuffix("c19, …"))
    }

    @Test("a record longer than a chunk is read whole")
    func longRecord() throws {
        let long = String(repeating: "x", count: 700_000)
        #expect(try read("a,b\n1,\"\(long)\"\n2,3\n").rows == [["1", long], ["2", "3"]])
    }

    @Test("bytes that are not UTF-8 are read as Windows-1252, field by field")
    func windows1252() throws {
        let bytes = Array("a,b\n".utf8) + [0xA3, 0x35, 0x2C, 0x80, 0x93, 0x0A] + Array("caf\u{E9},€\n".utf8)
        #expect(try read(bytes).rows == [["£5", "€“"], ["café", "€"]])
    }

    @Test("a NUL makes its record malformed: PostgreSQL could not store it")
    func nul() throws {
        let result = try read("a,b\n1,2\u{0}\n3,4\n")
        #expect(result.rows == [["3", "4"]])
        #expect(result.malformed == [MalformedLine(line: 2, reason: "holds a NUL byte")])
    }

    @Test("every prefix of a file is read without a trap")
    func prefixes() throws {
        let bytes = Array("a,b\r\n\"1\"\"\",\"2\r\n\"\r\n\u{E9}\u{0},\"x\"y\n,\n".utf8)
        for length in 4...bytes.count {
            let result = try read(Array(bytes[..<length]))
            #expect(result.rows.allSatisfy { $0.count == 2 })
        }
    }
}
