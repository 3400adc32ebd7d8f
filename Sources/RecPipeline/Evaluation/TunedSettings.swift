import Foundation
import RecEngine

/// What a search found, as a file that `evaluate --settings` reads.
package struct TunedSettings: Sendable, Equatable, Codable {
    /// Version of the file's form.
    package var version = 1
    /// Where the events came from.
    package var source: String
    /// What was learned from and judged on, in words.
    package var slice: String
    package var metric: String
    package var models: [TunedModel]

    /// What a search found.
    package init(_ tuning: Tuning, models: [TunedModel]) {
        source = tuning.events.source
        slice = tuning.slice
        metric = "ndcg@\(tuning.options.cutoffs[0])"
        self.models = models
    }

    /// The models under their names, with the options that were found.
    package var entries: [LineUp.Entry] { models.map { LineUp.Entry($0.name, $0.configuration) } }

    /// The file is missing or is none of ours.
    package struct NotReadable: Error, CustomStringConvertible {
        package let path: String
        package let reason: String
        package var description: String { "\(path) is not a file of settings: \(reason)" }
    }

    /// Reads a file.
    package init(path: String) throws {
        var data = Data()
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: path))
            self = try JSONDecoder().decode(Self.self, from: data)
        } catch {
            let reason = (error as? DecodingError).map { Self.words($0, in: data) } ?? error.localizedDescription
            throw NotReadable(path: path, reason: reason)
        }
        guard version == 1 else { throw NotReadable(path: path, reason: "its version is \(version), 1 is read") }
    }

    /// Writes the file; it appears under its name when it is complete.
    /// - Throws: ``OutputPath/NotWritable``.
    package func write(to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try OutputPath.write(try encoder.encode(self), to: path)
    }

    private static func words(_ error: DecodingError, in data: Data) -> String {
        switch error {
        case .dataCorrupted(let context) where context.codingPath.isEmpty:
            // The decoder says of a number that is none of the field's type that the file was no JSON.
            (try? JSONSerialization.jsonObject(with: data)) == nil
                ? "it is no JSON" : "a number does not fit its field: it is not whole, or too large"
        case .keyNotFound(let key, let context): "\(position(context)) has no \(key.stringValue)"
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
            "\(position(context)): \(context.debugDescription)"
        @unknown default: "\(error)"
        }
    }

    private static func position(_ context: DecodingError.Context) -> String {
        context.codingPath.isEmpty ? "it" : context.codingPath.map(\.stringValue).joined(separator: ".")
    }
}
