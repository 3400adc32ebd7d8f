import Shop
package import TextFormats

/// The prices and sizes in force: the defaults, with those in their place that an administrator has written.
package struct PriceSettings: Sendable, Equatable {
    private var prices: [Price.Key: Double] = [:]
    private var sizes: [BilledSize.Key: Double] = [:]

    /// Of both; a shop that pays more should not count by this.
    package static let range = 0.0...1e9

    package init() {}

    package subscript(key: Price.Key) -> Double {
        prices[key] ?? Price.defaults.first { $0.key == key }?.price ?? 0
    }

    package subscript(key: BilledSize.Key) -> Double {
        sizes[key] ?? BilledSize.defaults.first { $0.key == key }?.size ?? 0
    }

    /// A price or a size with its value in force.
    package struct Line<Of: Sendable>: Sendable {
        package let of: Of
        package let value: Double
    }

    package var lines: [Line<Price>] { Price.defaults.map { Line(of: $0, value: self[$0.key]) } }
    package var sizeLines: [Line<BilledSize>] { BilledSize.defaults.map { Line(of: $0, value: self[$0.key]) } }

    /// Everything that is wrong with a document.
    package struct Problems: Error, Sendable {
        package let all: [DocumentProblem]
    }

    /// Reads what is stored.
    package init(stored json: String?) throws {
        guard let json else {
            self.init()
            return
        }
        try self.init(try JSONParser.parse(json))
    }

    /// Reads `{"prices": {key: number}, "sizes": {key: number}}`; what is missing or null has its default.
    package init(_ document: JSONValue) throws(Problems) {
        var problems: [DocumentProblem] = []
        func note(_ pointer: String, _ reason: String) {
            problems.append(DocumentProblem(document: .prices, pointer: pointer, reason: reason))
        }
        func numbers<Key: RawRepresentable & CaseIterable & Hashable>(_ name: String, _: Key.Type) -> [Key: Double]
        where Key.RawValue == String {
            guard let value = document[name], value != .null else { return [:] }
            guard let members = value.object else {
                note("/\(name)", "must be an object, not \(value.kind)")
                return [:]
            }
            var found: [Key: Double] = [:]
            for (member, value) in members.sorted(by: { $0.key < $1.key }) where value != .null {
                guard let key = Key(rawValue: member) else {
                    let known = Key.allCases.map(\.rawValue).joined(separator: ", ")
                    note("/\(name)/\(member)", "is none of the \(name): \(known)")
                    continue
                }
                guard let number = value.double, Self.range.contains(number) else {
                    note("/\(name)/\(member)", "must be a number from 0 to 1000000000")
                    continue
                }
                found[key] = number
            }
            return found
        }
        if let members = document.object {
            for name in members.keys.sorted() where name != "prices" && name != "sizes" {
                note("/\(name)", "is neither prices nor sizes")
            }
        } else {
            note("", "must be an object, not \(document.kind)")
        }
        prices = numbers("prices", Price.Key.self)
        sizes = numbers("sizes", BilledSize.Key.self)
        guard problems.isEmpty else { throw Problems(all: problems) }
    }

    /// Every price and size by its key.
    package func json() -> String {
        JSONValue.object([
            "prices": .object(
                Dictionary(uniqueKeysWithValues: Price.Key.allCases.map { ($0.rawValue, .number(self[$0])) })
            ),
            "sizes": .object(
                Dictionary(uniqueKeysWithValues: BilledSize.Key.allCases.map { ($0.rawValue, .number(self[$0])) })
            ),
        ]).text
    }
}
