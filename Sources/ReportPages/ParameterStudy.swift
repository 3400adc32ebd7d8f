import RecEngine
import RecPipeline
import Reports

/// One option of a model, the values to try, and what to tell readers about it.
struct ParameterStudy: Sendable {
    var model: LineUp.Entry
    /// As `tune --grid` names it.
    var parameter: String
    var title: String
    var axis: Axis
    var values: [Double]
    /// What the option does, in a sentence or two.
    var meaning: String
    /// What 0 stands for where it is none: `no decay`. A logarithmic axis does not have it, so it becomes a line.
    var zeroName: String?

    /// The values to try and the one in use, ascending; 0, where it stands for something, comes last.
    var tried: [Double] {
        let inUse = self.inUse
        let all = Set(values + [inUse].compactMap(\.self) + (zeroName == nil ? [] : [0]))
        // Last: of equally good values the first is named, and one that can be drawn is better named than none.
        return all.filter { $0 > 0 }.sorted() + (zeroName != nil && all.contains(0) ? [0] : [])
    }

    var inUse: Double? { model.configuration.parameters.first { $0.name == parameter }?.value }

    /// Fits and judges every value on the slice.
    func run(_ sweep: ParameterSweep, progress: ReportRequest.Progress) async throws -> Block {
        var points: [ParameterSweep.Point] = []
        for (position, value) in tried.enumerated() {
            progress(
                "\(model.name): \(parameter) \(NumberText.significant(value))",
                Double(position) / Double(tried.count)
            )
            let configuration = try model.configuration.setting(parameter, to: value)
            points.append(sweep.point(value, try await sweep.judge(configuration)))
        }
        return figure(points, top: sweep.top)
    }

    func figure(_ points: [ParameterSweep.Point], top: Int) -> Block {
        let curve = points.filter { $0.value > 0 }
        let zero = points.first { $0.value == 0 }
        var series = [Series(model.name, curve.map { Series.Point($0.value, $0.ndcg) })]
        if let zeroName, let zero, let first = curve.first, let last = curve.last {
            series.append(Series(zeroName, [first, last].map { Series.Point($0.value, zero.ndcg.mean) }))
        }
        let zeroIsBest = zero.map { $0.ndcg.mean > (curve.map(\.ndcg.mean).max() ?? 0) } ?? false
        return .figure(
            .parameterCurve(
                title: title,
                series: series,
                x: axis,
                y: Axis("nDCG@\(top)", format: .decimals(3)),
                bestName: zeroIsBest ? "best of the curve" : "best"
            ),
            caption: meaning + " " + verdict(points)
        )
    }

    private func name(_ value: Double) -> String {
        value == 0 ? zeroName ?? "0" : NumberText.significant(value)
    }

    private func verdict(_ points: [ParameterSweep.Point]) -> String {
        guard !points.isEmpty else { return "" }
        let verdict = SweepVerdict(points)
        let best = points[verdict.best]
        var text = "Best: \(name(best.value)), with \(Wording.decimals(best.ndcg.mean))."
        if verdict.equals.count == points.count {
            text +=
                best.perUser.count < ParameterSweep.fewCustomers
                ? " No value can be told from it: too few customers were judged to say."
                : " No value can be told from it by more than chance, so the choice hardly matters here."
        } else if verdict.equals.count > 1 {
            let names = verdict.equals.filter { $0 != verdict.best }.map { name(points[$0].value) }
            text += " It cannot be told from \(Wording.list(names)) by more than chance."
        } else {
            text += " All others are worse by more than chance."
        }
        guard let inUse, let position = points.firstIndex(where: { $0.value == inUse }) else { return text }
        if position == verdict.best {
            text += " It is the value in use."
        } else if verdict.equals.contains(position) {
            text += " In use is \(name(inUse)), which is as good."
        } else {
            let lost = best.ndcg.mean - points[position].ndcg.mean
            text +=
                " In use is \(name(inUse)), \(Wording.decimals(lost)) worse: “FunctionHandler tune --models \(model.name)” "
                + "looks for better settings of this shop, this one together with the others."
        }
        return text
    }
}

extension ParameterSweep {
    /// Below it, what cannot be told apart may well differ.
    static let fewCustomers = 100

    /// How the figures came about, and a warning where they say little.
    @BlockBuilder var introduction: [Block] {
        let judged = evaluator.users.count
        Self.explanation
        Block.facts([
            Fact("Learned from", Wording.count(slice.train.count, "event")),
            Fact("Judged on", Wording.count(slice.test.count, "later event")),
            Fact("Customers judged", NumberText.integer(judged)),
            Fact("Products ranked for each", NumberText.integer(slice.train.itemCount)),
        ])
        if judged < Self.fewCustomers {
            Block.warning(
                "Only \(Wording.count(judged, "customer")) could be judged: figures show chance more than settings or models. "
                    + "A longer time of data would settle it."
            )
        }
    }

    private static let explanation =
        "All figures of this page are of the tuning slice: the part of the data set aside for learning is split once more in "
        + "the same way, models learn from its first part and are judged on the rest. The test part, by which “report "
        + "evaluation” compares models, stays unseen, so that what is chosen here cannot be fitted to it. Bars through points "
        + "are 95% bootstrap intervals over customers. Neighbouring points are judged on the same customers and so differ less "
        + "by chance than their intervals suggest; the sentence with each figure compares them pair by pair."
}

/// Whether an error says that the data is too little for a model or a judgement, and not that something broke.
func isTooLittle(_ error: any Error) -> Bool {
    if let error = error as? FitError { return error != .cancelled }
    return error is OfflineEvaluation.NothingToJudge
}

/// What a page says where the data is too little to judge anything.
func tooLittle(_ error: any Error) -> Block {
    .warning("Nothing could be judged: \(error). What needs no judgement is on this page.")
}
