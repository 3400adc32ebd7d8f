import FoundationEssentials
import RecPipeline
import TextFormats

/// The `recommender` settings as requests bring them: the shop's own, and those of an experiment's arm.
enum RecommenderDocument {
    static let schema: Schema = {
        func optional(_ name: String, _ schema: Schema, _ about: String? = nil) -> Schema.Property {
            .init(name: name, schema: schema.saying(about).nullable, isRequired: false)
        }
        let price = Schema(.number(0...1e12))
        let model = Schema(.string(.init(choices: RecommenderSettings.candidateNames)))
        let candidate = Schema(
            .anyOf([
                model,
                .object([.init(name: "name", schema: model), optional("parameters", .object([], others: .number))]),
            ])
        )
        let ranking = Schema.object(
            [
                optional("list_length", .integer(1...100)),
                optional("diversity", Schema(.number(0...1)), "1 keeps the order of scores."),
                optional("exploration", Schema(.number(0...0.5)), "Share of positions that are drawn by chance."),
                optional("min_price", price), optional("max_price", price),
                optional("excluded_products", .list(of: .externalID)),
                optional("excluded_categories", .list(of: .string)),
                optional("seed", .count, "Of exploration."),
            ],
            others: .nothing
        )
        let evaluation = Schema.object(
            [
                optional("interval_seconds", .count, "Models are judged again after so long."),
                optional("growth", Schema(.number(0...1e9)), "Or when so many more events have come, as a share."),
                optional("max_users", .integer(1...Int.max)), optional("min_users", .count),
            ],
            others: .nothing
        )
        return Schema.object(
            [
                optional("candidates", .list(of: candidate, count: 1...100), "In order of preference, each once."),
                optional("ranking", ranking), optional("evaluation", evaluation),
            ],
            others: .nothing
        ).named("RecommenderSettings")
    }()

    /// The settings as they are stored.
    /// - Parameter pointer: of the document in the body.
    /// - Returns: the document, or what is wrong with it.
    static func read(_ document: JSONValue, at pointer: String = "#") -> Result<String, Faults> {
        guard document.object != nil else {
            return .failure(Faults(all: [.init(.body, pointer, "must be an object, not \(document.kind)")]))
        }
        func fault(_ problem: DocumentProblem) -> Problem.Fault {
            .init(.body, pointer + problem.pointer, problem.reason)
        }
        let unknown = RecommenderSettings.unknownMembers(of: document)
        guard unknown.isEmpty else { return .failure(Faults(all: unknown.map(fault))) }
        do {
            return .success(try RecommenderSettings(json: document.text).json())
        } catch let problem as DocumentProblem {
            return .failure(Faults(all: [fault(problem)]))
        } catch {
            return .failure(Faults(all: [typeFault(error, pointer)]))
        }
    }

    struct Faults: Error {
        let all: [Problem.Fault]
    }

    /// Where a document has another shape, in the words of a JSON pointer.
    private static func typeFault(_ error: any Error, _ pointer: String) -> Problem.Fault {
        switch error as? DecodingError {
        case .typeMismatch(_, let context)?, .valueNotFound(_, let context)?, .keyNotFound(_, let context)?,
            .dataCorrupted(let context)?:
            let path = context.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }
            return .init(
                .body,
                pointer + "/" + path.joined(separator: "/"),
                "has the wrong type: \(context.debugDescription)"
            )
        default:
            return .init(.body, pointer, "cannot be read as settings")
        }
    }
}
