import Foundation
import RecEngine

/// The UCI "Online Retail" orders as an importer keeps them: no cancellations, no line without customer, quantity or
/// price, no postage, fees or samples, no exact repeats.
struct OnlineRetail {
    private(set) var log: InteractionLog

    /// The data file, from RECSHOP_DATA (a folder or the file) or `../shared/data` beside the package.
    static var file: String? {
        let name = "online_retail.csv.gz"
        var places: [String] = []
        if let place = ProcessInfo.processInfo.environment["RECSHOP_DATA"] { places += [place, place + "/" + name] }
        let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../..")
        places.append(package.appendingPathComponent("../shared/data/" + name).standardized.path)
        return places.first { $0.hasSuffix(".gz") && FileManager.default.fileExists(atPath: $0) }
    }

    init(gzipFile path: String) throws {
        let gzip = Process()
        let output = Pipe()
        gzip.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        gzip.arguments = ["gzip", "-dc", path]
        gzip.standardOutput = output
        try gzip.run()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        gzip.waitUntilExit()
        log = InteractionLog(userCount: 0, itemCount: 0)
        log = Array(text).withUnsafeBufferPointer { Self.parse($0) }
    }

    private static let notArticles: Set<String> = [
        "POST", "D", "M", "m", "DOT", "CRUK", "C2", "S", "PADS", "B", "BANK CHARGES", "AMAZONFEE",
    ]

    private static func parse(_ text: UnsafeBufferPointer<UInt8>) -> InteractionLog {
        var users: [UInt64: Int32] = [:]
        var items: [String: Int32] = [:]
        var seen: Set<UInt64> = []
        var kept: [(user: Int32, item: Int32, time: Double)] = []
        var place = (text.firstIndex(of: 0x0A) ?? text.count) + 1
        var fields = [Range<Int>](repeating: 0..<0, count: 8)
        while place < text.count {
            // One pass over the line: field bounds outside quotes, and a hash by which exact repeats are found.
            var hash: UInt64 = 0xCBF2_9CE4_8422_2325
            var field = 0
            var start = place
            var isQuoted = false
            while place < text.count, text[place] != 0x0A {
                let byte = text[place]
                hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
                if byte == 0x22 {
                    isQuoted.toggle()
                } else if byte == 0x2C, !isQuoted {
                    if field < 8 { fields[field] = start..<place }
                    field += 1
                    start = place + 1
                }
                place += 1
            }
            if field < 8 { fields[field] = start..<place }
            place += 1
            guard field == 7, text[fields[0].lowerBound] != 0x43, !fields[6].isEmpty else { continue }
            guard text[fields[3].lowerBound] != 0x2D, number(text, fields[3]) > 0 else { continue }
            guard text[fields[5].lowerBound] != 0x2D, number(text, fields[5]) > 0 else { continue }
            let code = String(decoding: text[fields[1]], as: UTF8.self)
            guard !notArticles.contains(code), !code.lowercased().hasPrefix("gift_") else { continue }
            guard seen.insert(hash).inserted else { continue }
            let user = users[number(text, fields[6])] ?? Int32(users.count)
            users[number(text, fields[6])] = user
            let item = items[code] ?? Int32(items.count)
            items[code] = item
            kept.append((user, item, time(text, fields[4].lowerBound)))
        }
        // Dense items follow the byte order of their codes.
        let order = items.keys.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
        var dense = [Int32](repeating: 0, count: order.count)
        for (index, code) in order.enumerated() { dense[Int(items[code] ?? 0)] = Int32(index) }
        return InteractionLog(
            userCount: users.count,
            itemCount: items.count,
            users: kept.map(\.user),
            items: kept.map { dense[Int($0.item)] },
            weights: [Float](repeating: 1, count: kept.count),
            times: kept.map(\.time)
        )
    }

    /// The digits of a field as one number; 0 says that there is none but zeros.
    private static func number(_ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> UInt64 {
        var value: UInt64 = 0
        for place in range where (0x30...0x39).contains(text[place]) { value = value * 10 + UInt64(text[place] & 15) }
        return value
    }

    /// Seconds of "2010-12-01 08:26:00" on a scale that is right within a year and keeps the order across years.
    private static func time(_ text: UnsafeBufferPointer<UInt8>, _ start: Int) -> Double {
        func part(_ offset: Int, _ length: Int) -> Int {
            Int(number(text, (start + offset)..<(start + offset + length)))
        }
        // Days by the civil calendar (Howard Hinnant's algorithm).
        let month = part(5, 2)
        let year = month <= 2 ? part(0, 4) - 1 : part(0, 4)
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + part(8, 2) - 1
        let days = year * 365 + year / 4 - year / 100 + year / 400 + dayOfYear - 719_468
        return Double(((days * 24 + part(11, 2)) * 60 + part(14, 2)) * 60 + part(17, 2))
    }
}
