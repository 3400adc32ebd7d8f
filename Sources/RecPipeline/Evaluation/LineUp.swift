package import RecEngine

/// The models that can be asked for by name, with the settings they have unless told otherwise.
package struct LineUp: Sendable {
    /// A model under a name.
    package struct Entry: Sendable, Equatable, Codable {
        package var name: String
        package var configuration: ModelConfiguration

        package init(_ name: String, _ configuration: ModelConfiguration) {
            self.name = name
            self.configuration = configuration
        }
    }

    /// A name that is not known.
    package struct UnknownModel: Error, CustomStringConvertible {
        package let name: String
        package let known: [String]
        package var description: String { "there is no model \(name); there are \(known.joined(separator: ", "))" }
    }

    /// All entries, in the order in which they are shown.
    package let entries: [Entry]

    package init(_ entries: [Entry]) { self.entries = entries }

    /// Entries by name, in the order of the names.
    package func selecting(_ names: [String]) throws -> [Entry] {
        try names.map { name in
            guard let entry = entries.first(where: { $0.name == name }) else {
                throw UnknownModel(name: name, known: entries.map(\.name))
            }
            return entry
        }
    }
}
