import RecEngine
import RecPipeline
import Reports

/// Models fitted on all events, for examples: what a shop would show today.
struct FittedModels: Sendable {
    var models: [(name: String, model: any Recommender)] = []
    /// Models that could not be fitted, with the reason; and what stood in for others.
    var notes: [String] = []
    let training: TrainingData

    init(_ request: ReportRequest, features: ProductFeatures?) {
        training = TrainingData(log: request.events.log.withoutReplacedRows(), features: features)
    }

    subscript(name: String) -> (any Recommender)? { models.first { $0.name == name }?.model }

    mutating func fit(_ entries: [LineUp.Entry], progress: ReportRequest.Progress) async throws {
        for (position, entry) in entries.enumerated() {
            progress("\(entry.name) on all events", Double(position) / Double(entries.count))
            do {
                let fitted = try await entry.configuration.fit(training)
                models.append((entry.name, fitted.model))
                if let note = fitted.note { notes.append("\(entry.name): \(note).") }
            } catch FitError.cancelled {
                throw FitError.cancelled
            } catch {
                notes.append("\(entry.name) could not be fitted: \(error).")
            }
        }
    }

    /// The products most like one, a column for each model, so that the eye can compare them.
    func alike(_ item: Int32, in events: ShopEvents, count: Int = 6) -> Block {
        let lists = models.map { $0.model.similarItems(to: item, count: count).map(\.item) }
        let customers = training.profiles.entries.count { $0.item == item }
        let inAll = Set(lists.first ?? []).filter { item in lists.allSatisfy { $0.contains(item) } }.count
        let agreement = lists.count > 1 ? "; \(inAll) named by all" : ""
        return .table(
            title: "\(events.name(of: item)): met by \(Wording.count(customers, "customer"))\(agreement)",
            columns: [.leading("Place")] + models.map { .leading($0.name) },
            rows: (0..<(lists.map(\.count).max() ?? 0)).map { position in
                Table.Row(
                    [.count(position + 1)]
                        + lists.map { $0.indices.contains(position) ? .text(events.name(of: $0[position])) : .missing }
                )
            }
        )
    }
}
