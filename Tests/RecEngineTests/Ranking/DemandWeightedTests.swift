import Foundation
import RecEngine
import Testing

@Suite("Scores weighed by demand")
struct DemandWeightedTests {
    private let options = DemandRatio.Options(recentHalfLife: 1, longHalfLife: 2, prior: 1)

    private func log(_ rows: [(item: Int32, weight: Float, time: Double)], items: Int = 3) -> InteractionLog {
        var log = InteractionLog(userCount: 2, itemCount: items)
        for row in rows { log.append(user: 0, item: row.item, weight: row.weight, time: row.time) }
        return log
    }

    @Test("ratios are those worked out by hand")
    func byHand() throws {
        // As of 4. Item 0: weight 2 now, T = H = 2. Item 1: weight 4 at 2, T = 4/4 = 1, H = 4/2 = 2. Item 2: nothing.
        // ΣT / ΣH = 3/4, so the ratios are (2 + 1) / (1.5 + 1), (1 + 1) / (1.5 + 1) and 1.
        let demand = try DemandRatio.fit(log([(0, 2, 4), (1, 4, 2), (2, 0, 4), (2, -3, 4)]), now: 4, options: options)
        #expect(isClose(demand.ratios[0], 1.2))
        #expect(isClose(demand.ratios[1], 0.8))
        #expect(demand.ratios[2] == 1)
        // What is later than now counts in full, as if it were now.
        let later = try DemandRatio.fit(log([(0, 2, 9), (1, 4, 2)]), now: 4, options: options)
        #expect(later.ratios == demand.ratios)
    }

    @Test("demand that does not change has ratios of 1, whatever its level")
    func constantDemand() throws {
        var rows: [(item: Int32, weight: Float, time: Double)] = []
        for time in 0..<50 {
            for item in Int32(0)..<3 { rows.append((item, Float(1 + 10 * item), Double(time))) }
        }
        let demand = try DemandRatio.fit(log(rows), now: 50, options: options)
        #expect(demand.ratios.allSatisfy { isClose($0, 1) })
        // A log without demand, and one so old that nothing of it is left, tell nothing apart.
        #expect(try DemandRatio.fit(log([(0, 0, 1)]), now: 4, options: options).ratios == [1, 1, 1])
        #expect(try DemandRatio.fit(log([(0, 5, -1e9)]), now: 4, options: options).ratios == [1, 1, 1])
        #expect(try DemandRatio.fit(log([]), now: 4, options: options).ratios == [1, 1, 1])
    }

    @Test(
        "the more of the usual demand is taken as seen, the nearer ratios are to 1, and what is not wanted stays above 0"
    )
    func prior() throws {
        let rows = log([(0, 30, 10), (1, 30, 0)])
        var last: Float = .infinity
        for prior in [0.01, 1, 10, 1_000] {
            let options = DemandRatio.Options(recentHalfLife: 1, longHalfLife: 20, prior: prior)
            let ratios = try DemandRatio.fit(rows, now: 10, options: options).ratios
            #expect(ratios[0] > 1 && ratios[1] < 1 && ratios[1] > 0)
            #expect(ratios[0] - ratios[1] < last)
            last = ratios[0] - ratios[1]
        }
        #expect(last < 0.1)
    }

    @Test("a weight or time that is not finite is refused with the row of the log")
    func strangeRows() {
        for (weight, time) in [(Float.nan, 1.0), (.infinity, 1), (1, .nan), (1, -.infinity)] as [(Float, Double)] {
            let log = log([(0, 1, 1), (1, weight, time)])
            #expect(throws: FitError.nonFinite(row: 1)) { try DemandRatio.fit(log, now: 4, options: options) }
        }
    }

    private func models(
        strength: Float = 1,
        historyPrior: Float = 0,
        ageHalfLife: Double? = nil
    ) async throws -> (plain: EASE, weighed: DemandWeighted, profiles: ProfileTable) {
        let log = RandomInputs.log(users: 30, items: 12, rows: 240, seed: 611)
        let profiles = ProfileTable(log)
        let plain = try await EASE.fit(TrainingData(log: log), options: .plain(regularization: 2))
        let options = DemandRatio.Options(
            recentHalfLife: 1_800,
            longHalfLife: 9_000,
            prior: 2,
            strength: strength,
            historyPrior: historyPrior,
            ageHalfLife: ageHalfLife
        )
        let demand = try DemandRatio.fit(log, now: 240 * 60, options: options)
        #expect(Set(demand.ratios).count > 6)
        return (plain, DemandWeighted(plain, demand: demand), profiles)
    }

    @Test("the longer a history the higher the power of the ratio, by rows of lengths that hardly differ")
    func powers() async throws {
        let (plain, weighed, _) = try await models(strength: 1.5, historyPrior: 4)
        for count in [0, 1, 2, 5, 12] {
            let profile = Profile((0..<Int32(count)).map { ProfileEntry(item: $0, weight: 1) })
            let power = 1.5 * Double(count) / (Double(count) + 4)
            for (score, (own, ratio)) in zip(
                weighed.scores(for: profile),
                zip(plain.scores(for: profile), weighed.demand.ratios)
            ) {
                #expect(isClose(score, Double(own) * pow(Double(ratio), power), tolerance: 1e-5))
            }
        }
        // Items that a model does not know lengthen a history, too. Beyond 16 a row serves up to a fifth more items.
        func score(_ count: Int32) -> Float {
            weighed.scores(for: Profile((0..<count).map { ProfileEntry(item: $0, weight: 1) }))[3]
        }
        #expect(score(20) == score(23) && score(20) != score(24))
        #expect(score(5_000) == score(9_000))
    }

    @Test("each half-life after the fit halves the power, in a hybrid and in other units too, and the archive stays")
    func age() async throws {
        let day = 86_400.0
        let (plain, weighed, profiles) = try await models(strength: 1.5, historyPrior: 4, ageHalfLife: 30 * day)
        let profile = profiles[3]
        let power = 1.5 * Double(profile.count) / (Double(profile.count) + 4)
        for (age, share) in [(0, 1), (30 * day, 0.5), (90 * day, 0.125), (3_000 * day, 0)] {
            let aged = weighed.aged(by: age)
            let scores = aged.scores(for: profile)
            for (score, (own, ratio)) in zip(scores, zip(plain.scores(for: profile), weighed.demand.ratios)) {
                #expect(isClose(score, Double(own) * pow(Double(ratio), power * share), tolerance: 1e-5))
            }
            for (left, ratio) in zip(aged.presentRatios, weighed.demand.ratios) {
                #expect(isClose(left, pow(Double(ratio), share), tolerance: 1e-5))
            }
            #expect(aged.archive() == weighed.archive())
            let hybrid = HybridRecommender([.init(weighed, weight: 1), .init(plain, weight: 1)], normalization: .none)
            let parts = HybridRecommender([.init(aged, weight: 1), .init(plain, weight: 1)], normalization: .none)
            #expect(hybrid.aged(by: age).scores(for: profile) == parts.scores(for: profile))
            #expect(
                WeightScaled(weighed, unit: 0.1).aged(by: age).scores(for: profile)
                    == WeightScaled(aged, unit: 0.1).scores(for: profile)
            )
        }
        #expect(weighed.aged(by: 0).scores(for: profile) == weighed.scores(for: profile))
        // From one age to another is counted from the fit.
        let later = weighed.aged(by: 7 * day).aged(by: 30 * day)
        #expect(later.scores(for: profile) == weighed.aged(by: 30 * day).scores(for: profile))
        let lasting = try await models().weighed
        #expect(lasting.aged(by: 900 * day).scores(for: profile) == lasting.scores(for: profile))
    }

    @Test("options and archives from before histories or age counted multiply by the ratio itself")
    func earlierOptions() async throws {
        let json = Data(#"{"recentHalfLife":5,"longHalfLife":9,"prior":1}"#.utf8)
        let read = try JSONDecoder().decode(DemandRatio.Options.self, from: json)
        #expect(
            read
                == DemandRatio.Options(
                    recentHalfLife: 5,
                    longHalfLife: 9,
                    prior: 1,
                    strength: 1,
                    historyPrior: 0,
                    ageHalfLife: nil
                )
        )
        let weighed = try await models().weighed
        let later = ["strength", "history_prior"]
        let earlier = NPZArchive(weighed.archive().arrays.filter { !later.contains($0.name) })
        #expect(earlier.arrays.count == weighed.archive().arrays.count - 2)
        #expect(try DemandWeighted(archive: earlier).archive() == weighed.archive())
        // Without a half-life of age a fit gives the arrays it gave before there was one, and replays of then stay equal.
        #expect(weighed.archive()["age_half_life"] == nil)
        let fading = try await models(ageHalfLife: 30 * 86_400).weighed.archive()
        #expect(try fading.number("age_half_life") == 30 * 86_400)
        #expect(try DemandWeighted(archive: fading).archive() == fading)
        #expect(fading.arrays.filter { $0.name != "age_half_life" } == weighed.archive().arrays)
    }

    @Test(
        "a score is the model's times the factor, the parts of an explanation add up to it, and shares are the model's",
        arguments: [(1, 0), (1.25, 5)] as [(Float, Float)]
    )
    func explanation(strength: Float, historyPrior: Float) async throws {
        let (plain, weighed, profiles) = try await models(strength: strength, historyPrior: historyPrior)
        for user in 0..<30 where !profiles[user].isEmpty {
            let profile = profiles[user]
            let scores = plain.scores(for: profile)
            let count = Float(profile.count)
            let power = historyPrior > 0 ? strength * count / (count + historyPrior) : strength
            let expected = zip(scores, weighed.demand.ratios).map { $0 * (power == 1 ? $1 : powf($1, power)) }
            #expect(weighed.scores(for: profile) == expected)
            for item in Int32(0)..<12 {
                let explanation = weighed.explain(item, profile: profile)
                #expect(explanation.isComplete)
                let sum = explanation.parts.reduce(0) { $0 + Double($1.contribution) }
                #expect(abs(sum - Double(expected[Int(item)])) < 1e-4)
            }
            let list = weighed.recommend(profile, selection: Selection(count: 6))
            let unweighed = list.map { ScoredItem(item: $0.item, score: scores[Int($0.item)]) }
            for (found, wanted) in zip(
                weighed.evidence(for: list, profile: profile),
                plain.evidence(for: unweighed, profile: profile)
            ) {
                #expect(found?.item == wanted?.item)
                #expect(found.map { isClose($0.share, Double(wanted?.share ?? 0)) } ?? true)
            }
        }
        #expect(weighed.similarItems(to: 3, count: 4) == plain.similarItems(to: 3, count: 4))
    }

    @Test("an archive whose ratios or options break a rule is refused")
    func invalidArchive() async throws {
        let archive = try await models().weighed.archive()
        #expect(try DemandWeighted(archive: archive).archive() == archive)
        let ratio = try archive.floats("ratios")
        let replacements = [
            NPYArray(name: "ratios", Array(ratio.dropLast())), NPYArray(name: "ratios", ratio + [1]),
            NPYArray(name: "ratios", [0] + ratio.dropFirst()), NPYArray(name: "ratios", [-1] + ratio.dropFirst()),
            NPYArray(name: "ratios", [.nan] + ratio.dropFirst()),
            NPYArray(name: "ratios", [.infinity] + ratio.dropFirst()),
            NPYArray(name: "recent_half_life", number: 0), NPYArray(name: "recent_half_life", number: .nan),
            NPYArray(name: "recent_half_life", number: 1e9), NPYArray(name: "long_half_life", number: .infinity),
            NPYArray(name: "prior", number: 0), NPYArray(name: "prior", number: .infinity),
            NPYArray(name: "model.algorithm", string: "magic"),
        ]
        for replacement in replacements {
            var broken = archive
            for place in broken.arrays.indices where broken.arrays[place].name == replacement.name {
                broken.arrays[place] = replacement
            }
            #expect(throws: ArchiveError.self, "\(replacement)") { try DemandWeighted(archive: broken) }
        }
    }
}
