import Foundation
import Shop
import TextFormats

extension SnapshotSummary {
    /// Events of a week, which begins on Monday, in UTC.
    package struct Week: Codable, Sendable, Equatable {
        /// `2026-01-05`.
        package var start: String
        package var events: Int
        /// By kind of event.
        package var byType: [String: Int]

        enum CodingKeys: String, CodingKey {
            case start, events
            case byType = "by_type"
        }
    }

    /// Something about the data that a person should look at.
    package struct Warning: Codable, Sendable, Equatable {
        package enum Kind: String, Codable, Sendable, CaseIterable {
            /// Products that cost nothing.
            case priceMissing = "price_missing"
            /// Products without a description.
            case textMissing = "text_missing"
            /// Products whose names others have too, but for case and blanks.
            case sameName = "same_name"
            /// Categories with one product.
            case loneProduct = "lone_product"
            /// Products on offer that nobody has met.
            case neverMet = "never_met"
            /// Customers with so many events that they may be machines.
            case busyUser = "busy_user"
            /// Events after the data were read.
            case future = "future"
            /// Spans of days without any event.
            case gap
        }

        package var kind: Kind
        /// How many there are.
        package var count: Int
        /// Some of them: ids, names of categories, spans of days.
        package var examples: [String]
    }

    /// Events from which on a customer is named.
    package static let busyUserEvents = 2_000
    /// Days without an event from which on they are a gap.
    package static let gapDays = 7
    /// Weeks that a summary has, the newest ones.
    package static let weekLimit = 156
    static let exampleLimit = 5
    /// Clocks differ by so much, in seconds.
    static let clockTolerance = 300.0
}

/// Counts events by the day, for the weeks and the warnings of a summary. Memory: one entry a day with events.
struct EventDays {
    private var days: [Int: [Int]] = [:]
    /// Where the last event was counted: events come mostly in the order of time.
    private static let types = Dictionary(
        uniqueKeysWithValues: InteractionType.allCases.enumerated().map { ($1, $0) }
    )

    mutating func add(_ type: InteractionType, microseconds: Int64) {
        let day = Int(floor(Double(microseconds) / 86_400e6))
        let empty = [Int](repeating: 0, count: InteractionType.allCases.count)
        days[day, default: empty][Self.types[type] ?? 0] += 1
    }

    /// From the week of the first day to that of the last one, those without events too; at most the newest `limit`.
    /// - Parameter last: later days are left out: one event with a wrong year would make a drawing of nothing.
    func weeks(upTo last: Int, limit: Int) -> [SnapshotSummary.Week] {
        var weeks: [Int: [Int]] = [:]
        for (day, counts) in days where day <= last {
            let monday = Self.monday(of: day)
            weeks[monday] = weeks[monday].map { zip($0, counts).map(+) } ?? counts
        }
        guard let first = weeks.keys.min(), let newest = weeks.keys.max() else { return [] }
        return stride(from: max(first, newest - 7 * (limit - 1)), through: newest, by: 7).map { monday in
            let counts = weeks[monday] ?? []
            let named = zip(InteractionType.allCases, counts).filter { $1 > 0 }.map { ($0.rawValue, $1) }
            return SnapshotSummary.Week(
                start: Self.date(monday),
                events: counts.reduce(0, +),
                byType: Dictionary(uniqueKeysWithValues: named)
            )
        }
    }

    /// Spans of at least `length` days without an event between two events, the longest first.
    func gaps(of length: Int, upTo last: Int) -> [(start: String, end: String)] {
        let known = days.keys.filter { $0 <= last }.sorted()
        return zip(known, known.dropFirst()).filter { $1 - $0 > length }
            .sorted { $0.1 - $0.0 > $1.1 - $1.0 }
            .map { (Self.date($0 + 1), Self.date($1 - 1)) }
    }

    /// 1 January 1970 was a Thursday.
    private static func monday(of day: Int) -> Int { day - ((day + 3) % 7 + 7) % 7 }

    private static func date(_ day: Int) -> String {
        String(Timestamp.text(Date(timeIntervalSince1970: Double(day) * 86_400)).prefix(10))
    }
}

extension SnapshotSummary {
    /// What a person should look at in a catalogue and its events.
    /// - Parameters:
    ///   - events: of each product, in the order of the catalogue.
    static func warnings(about catalogue: [Product], events: [Int]) -> [Warning] {
        let names = catalogue.map(Self.comparedName)
        let uses = Dictionary(names.map { ($0, 1) }, uniquingKeysWith: +)
        let sizes = Dictionary(catalogue.map { ($0.category, 1) }, uniquingKeysWith: +)
        var found: [Warning.Kind: [String]] = [:]
        for (index, product) in catalogue.enumerated() {
            let id = product.productID
            if product.priceMinor == 0 { found[.priceMissing, default: []].append(id) }
            if product.description.allSatisfy(\.isWhitespace) { found[.textMissing, default: []].append(id) }
            if uses[names[index], default: 0] > 1 { found[.sameName, default: []].append(id) }
            if product.active, events[index] == 0 { found[.neverMet, default: []].append(id) }
        }
        found[.loneProduct] = sizes.filter { $0.value == 1 }.map(\.key).sorted()
        return Warning.Kind.allCases.compactMap { kind in
            guard let examples = found[kind], !examples.isEmpty else { return nil }
            return Warning(kind: kind, count: examples.count, examples: Array(examples.prefix(exampleLimit)))
        }
    }

    /// Without differences of case and blanks.
    private static func comparedName(_ product: Product) -> String {
        product.name.lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
