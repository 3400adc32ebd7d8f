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
        training = TrainingData(log: request.events.log, features: features)
    }

    subscript(name: String) -> (any Recommender)? { models.first { $0.name == name }?.model }

    mutating func fit(_ entries: [LineUp.Entry], progress: ReportRequest.Progress) async throws {
        for (place, entry) in entries.enumerated() {
            progress("\(entry.name) on all events", Double(place) / Double(entries.count))
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

    /// The products most like one by each model, side by side.
    func similar(to item: Int32, in events: ShopEvents, count: Int = 6) -> [Example] {
        models.map { name, model in
            Example(
                title: name,
                entries: model.similarItems(to: item, count: count).map {
                    Example.Entry(events.name(of: $0.item), Double($0.score))
                },
                format: .decimals(3)
            )
        }
    }
}
