import Testing

@testable import RecPipeline

@Suite("CSV reader")
struct ImportCSVTests {
    /// Rows as text, and the malformed lines, of a file with columns a and b.
    private func read(
        _ bytes: [UInt8],
        columns: [CSVColumn] = [CSVColumn("a", .text), CSVColumn("b", .text)],
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

    private func read(
        _ text: String,
        columns: [CSVColumn] = [CSVColumn("a", .text), CSVColumn("b", .text)],
        chunkSize: Int = 256 << 10
    ) throws -> (rows: [[String]], lines: [Int], malformed: [MalformedLine]) {
        try read(Array(text.utf8), columns: columns, chunkSize: chunkSize)
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
                MalformedLine(line: 3, reason: "a quote that opens a field closes in the middle of a text"),
                MalformedLine(line: 4, reason: "has 3 fields where the header has 2"),
                MalformedLine(
                    line: 6,
                    reason:
                        "a quote that opens a field is never closed, up to line 7; what follows line 6 is read line by line"
                ),
            ]
        )
    }

    private static let catalogue = [
        CSVColumn("id"), CSVColumn("name"), CSVColumn("description", .text), CSVColumn("price", .number),
    ]

    @Test(
        "a stray quote costs its own line, whatever closes it: the lines that it would swallow are read",
        arguments: [1, 3, 7, 64, 4_096]
    )
    func strayQuotes(chunkSize: Int) throws {
        let lines = (3...400).map { "p\($0),Rod,plain,\($0)" }
        let header = "id,name,description,price\n"
        for (stray, end, what) in [
            // Never closed; closed by a later stray quote, in the middle of a text, in another column, in the same one.
            ("p2,\"Lamp,wide,5", "", "is never closed"),
            ("p2,Lamp,\"wide,5", "p500,Rod,\"wide\" rod,1\n", "closes in the middle of a text"),
            ("p2,\"Lamp,wide,5", "p500,Rod\",wide,1\n", "makes a field hold line breaks"),
            ("p2,Lamp,\"wide,5", "p500,Rod 2\",wide,1\n", "makes a field hold line breaks"),
            ("p2,Lamp,\"wide,5", "p500,Rod,12\",1\n", "makes a field hold line breaks"),
        ] {
            let text = header + stray + "\n" + lines.joined(separator: "\n") + "\n" + end
            let result = try read(text, columns: Self.catalogue, chunkSize: chunkSize)
            #expect(
                Array(result.rows.prefix(lines.count).map { $0[0] }) == (3...400).map { "p\($0)" },
                "\(stray) \(end)"
            )
            #expect(result.lines.prefix(lines.count) == [Int](3...400)[...], "\(stray) \(end)")
            let fault = try #require(result.malformed.first)
            #expect(fault.line == 2)
            #expect(fault.reason.hasPrefix("a quote that opens a field \(what)"), "\(fault)")
            #expect(fault.reason.contains("up to line \(end.isEmpty ? 400 : 401)"), "\(fault)")
            #expect(result.rows.count + result.malformed.count == lines.count + (end.isEmpty ? 1 : 2))
        }
    }

    @Test("a text over several lines is one field, also when its lines look like records")
    func severalLines() throws {
        let header = "id,name,description,price\n"
        let plain = try read(header + "p1,Lamp,\"Nice, warm\nred, green\nand blue\",5\n", columns: Self.catalogue)
        #expect(plain.rows == [["p1", "Lamp", "Nice, warm\nred, green\nand blue", "5"]])
        // A writer that puts all fields of the record in quotes means what it writes.
        let tricky = "12 wide,1\np9,Rod,3"
        let quoted = try read(header + "\"p1\",\"Lamp\",\"\(tricky)\",\"5\"\n", columns: Self.catalogue)
        #expect(quoted.rows == [["p1", "Lamp", tricky, "5"]])
        let stray = try read(header + "p1,Lamp,\"\(tricky)\",5\n", columns: Self.catalogue)
        #expect(stray.rows == [["p9", "Rod", "3\"", "5"]])
        #expect(stray.malformed.map(\.line) == [2])
    }

    @Test("a line break in a column of one line is a fault, also in a well-formed record")
    func oneLine() throws {
        let result = try read("id,name,description,price\np1,\"Lamp\nred\",x,5\np2,Rod,y,6\n", columns: Self.catalogue)
        #expect(result.rows == [["p2", "Rod", "y", "6"]])
        #expect(
            result.malformed.map(\.description) == [
                "line 2: a quote that opens a field makes a field hold line breaks up to line 3; "
                    + "what follows line 2 is read line by line",
                "line 3: has 3 fields where the header has 4",
            ]
        )
    }

    @Test("a quote that is never closed costs one line of a long file, not the rest of it")
    func unclosedQuoteInLongFile() throws {
        let rows = 200_000
        let text = "a,b\n1,\"open\n" + String(repeating: "value,value\n", count: rows)
        let result = try read(text)
        #expect(result.rows.count == rows)
        #expect(result.malformed.count == 1 && result.malformed.first?.line == 2)
        let reason = "a quote that opens a field is not closed within 1 MB, up to line "
        #expect(result.malformed.first?.reason.hasPrefix(reason) == true)
        #expect(result.lines.last == rows + 2)
    }

    @Test("empty fields behind the last column do not count, others do")
    func trailingCommas() throws {
        let result = try read("a,b,,\n1,2\n3,4,\n5,6,,,\n7,8,,9\n,,,\n10,\n")
        #expect(result.rows == [["1", "2"], ["3", "4"], ["5", "6"], ["10", ""]])
        #expect(result.malformed == [MalformedLine(line: 5, reason: "has 4 fields where the header has 2")])
    }

    @Test("a line without an end over several megabytes is one malformed record, and the next line is read")
    func endlessLine() throws {
        for open in ["", "\""] {
            let result = try read("a,b\n1,2\n3,\(open)" + String(repeating: "x", count: 3 << 20) + "\n4,5\n")
            #expect(result.rows == [["1", "2"], ["4", "5"]])
            #expect(result.lines == [2, 4])
            let quote = "a quote that opens a field is not closed within 1 MB"
            #expect(result.malformed == [MalformedLine(line: 3, reason: open.isEmpty ? "is over 1 MB long" : quote)])
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

extension CSVBatch {
    /// One field as text, as it is.
    fileprivate func string(_ row: Int, _ column: Int) -> String {
        String(decoding: bytes[range(row, column)], as: UTF8.self)
    }
}
