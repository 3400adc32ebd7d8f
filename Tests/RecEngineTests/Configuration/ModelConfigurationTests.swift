import Foundation
import RecEngine
import Testing

@Suite("Configurations of models")
struct ModelConfigurationTests {
    @Test(
        "a configuration comes back from its JSON as it was",
        arguments: [Configurations.plain, Configurations.odd].flatMap { $0 }
    )
    func roundTrip(configuration: ModelConfiguration) throws {
        let data = try JSONEncoder().encode(configuration)
        #expect(try JSONDecoder().decode(ModelConfiguration.self, from: data) == configuration)
        let object = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(object["algorithm"] as? String == configuration.algorithm)
        #expect(object["options"] is [String: Any])
        #expect(object.count == 2)
    }

    @Test("there is one case an algorithm, and tests have them all")
    func cases() {
        let names = Configurations.plain.map(\.algorithm)
        #expect(Set(names).count == names.count)
        #expect(Set(Configurations.odd.map(\.algorithm)) == Set(names))
        #expect(names.count == 13)
    }

    @Test("each parameter can be set to its own value, to the ends of its range, and not beyond")
    func parameters() throws {
        for configuration in Configurations.plain + Configurations.odd {
            for (name, value) in configuration.parameters {
                let same = try configuration.setting(name, to: value)
                #expect(same.parameters.map(\.name) == configuration.parameters.map(\.name))
                for bad in [-1, .nan, .infinity, -.infinity, 1e300] {
                    let error = #expect(throws: TunableFieldError.self) { try configuration.setting(name, to: bad) }
                    #expect(error?.description.contains("\(name) must be") == true, "\(configuration) \(name)")
                }
                // Set by name, a name under `demand.` is that of the outermost ratio.
                if configuration.algorithm == DemandWeighted.algorithm { continue }
                // The message of a value out of range says the ends; both are taken, and still are once rounded to 32 bits.
                guard case .outOfRange(_, _, let range, _)? = error(configuration, name, .nan) else { continue }
                for end in [range.lowerBound, range.upperBound] {
                    let changed = try configuration.setting(name, to: end)
                    let held = try #require(changed.parameters.first { $0.name == name }).value
                    #expect(abs(held - end) <= 1e-6 * max(1e-9, abs(end)))
                    _ = try changed.setting(name, to: held)
                }
            }
        }
    }

    private func error(_ configuration: ModelConfiguration, _ name: String, _ value: Double) -> TunableFieldError? {
        do throws(TunableFieldError) {
            _ = try configuration.setting(name, to: value)
            return nil
        } catch {
            return error
        }
    }

    @Test("a parameter is set in the field that its name says, in hybrids and under demand, too")
    func settingByName() throws {
        #expect(try ModelConfiguration.ease(.plain()).setting("half_life_days", to: 2) == .ease(easeOfTwoDays))
        #expect(try ModelConfiguration.ease(easeOfTwoDays).setting("half_life_days", to: 0) == .ease(.plain()))
        let hybrid = ModelConfiguration.hybrid(
            .init([.init(.itemKNN(.init()), weight: 1), .init(.demandWeighted(.init(.ease(.plain()))), weight: 2)])
        )
        let expected = ModelConfiguration.hybrid(
            .init([
                .init(.itemKNN(.init(neighbours: 7)), weight: 1),
                .init(
                    .demandWeighted(.init(.ease(easeOfTwoDays), demand: .init(recentHalfLife: 3 * 86_400))),
                    weight: 0.5
                ),
            ])
        )
        let changed = try hybrid.setting("part0.neighbours", to: 7).setting("part1.weight", to: 0.5)
            .setting("part1.half_life_days", to: 2).setting("part1.demand.recent_half_life_days", to: 3)
        #expect(changed == expected)
        let bm25 = try ModelConfiguration.itemKNN(.init()).setting("bm25_k1", to: 2).setting("bm25_b", to: 1)
        #expect(bm25 == .itemKNN(.init(weighting: .bm25(k1: 2, b: 1))))
    }

    private var easeOfTwoDays: EASE.Options {
        var options = EASE.Options.plain()
        options.halfLife = 2 * 86_400
        return options
    }

    @Test("a name that is not there is an error that says which are, with the part's name before them")
    func unknownNames() {
        let demand = ModelConfiguration.demandWeighted(.init(.popularity(.init())))
        let hybrid = ModelConfiguration.hybrid(.init([.init(demand, weight: 1)]))
        let cosine = ModelConfiguration.itemKNN(.init(weighting: .cosine))
        for (configuration, name, words) in [
            (.popularity(.init()), "half_life", "popularity has no parameter half_life; it has half_life_days"),
            (demand, "demand.x", "has no parameter demand.x; it has demand.recent_half_life_days"),
            (hybrid, "part1.weight", "hybrid has no parameter part1.weight; it has part0.weight"),
            (hybrid, "part0.x", "popularity has no parameter part0.x; it has part0.half_life_days"),
            (hybrid, "part0.demand.x", "no parameter part0.demand.x; it has part0.demand.recent_half_life_days"),
            // BM25's parameters belong to its weighting; setting them elsewhere would change nothing.
            (cosine, "bm25_k1", "item_knn has no parameter bm25_k1; it has neighbours"),
        ] as [(ModelConfiguration, String, String)] {
            let found = error(configuration, name, 1)?.description ?? "nothing"
            #expect(found.contains(words), "\(found)")
        }
        #expect(!cosine.parameters.contains { $0.name.hasPrefix("bm25") })
    }

    @Test("whole numbers are asked for where only they make sense")
    func wholeNumbers() {
        #expect(throws: TunableFieldError.self) {
            try ModelConfiguration.userKNN(.init()).setting("neighbours", to: 2.5)
        }
    }

    @Test("rules between fields hold for a search, too")
    func rules() throws {
        let demand = try ModelConfiguration.demandWeighted(.init(.ease(.init())))
            .setting("demand.recent_half_life_days", to: 100)
        #expect(throws: TunableFieldError.self) { try demand.check() }
        #expect(throws: Never.self) { try demand.setting("demand.long_half_life_days", to: 101).check() }
        let ease = try ModelConfiguration.ease(.init()).setting("relative_regularization", to: 0)
        #expect(throws: TunableFieldError.self) { try ease.check() }
    }

    @Test("features are asked for where one part needs them")
    func needsFeatures() {
        let needing = (Configurations.plain + Configurations.odd).filter(\.needsFeatures).map(\.algorithm)
        #expect(needing == ["content", "hybrid", "content"])
        #expect(ModelConfiguration.demandWeighted(.init(.content(.init()))).needsFeatures)
    }

    // MARK: - Files that a person has edited

    private func refusal(_ json: String) -> String {
        do {
            let configuration = try JSONDecoder().decode(ModelConfiguration.self, from: Data(json.utf8))
            return "\(configuration) was accepted"
        } catch let error as DecodingError {
            switch error {
            case .dataCorrupted(let context), .typeMismatch(_, let context), .valueNotFound(_, let context):
                let cause = context.underlyingError.map { ["\($0)"] } ?? []
                return (context.codingPath.map(\.stringValue) + [context.debugDescription] + cause).joined(
                    separator: " "
                )
            case .keyNotFound(let key, _): return "no \(key.stringValue)"
            @unknown default: return "\(error)"
            }
        } catch {
            return "\(error)"
        }
    }

    /// The JSON of a configuration with one option replaced.
    private func json(_ configuration: ModelConfiguration, _ field: String, _ value: String) throws -> String {
        let data = try JSONEncoder().encode(configuration)
        var object = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
        var options = try #require(object["options"] as? [String: Any])
        options[field] = try JSONSerialization.jsonObject(with: Data(value.utf8), options: .fragmentsAllowed)
        object["options"] = options
        return String(decoding: try JSONSerialization.data(withJSONObject: object), as: UTF8.self)
    }

    @Test("an option that makes no sense is refused with its name")
    func badOptions() throws {
        for (configuration, field, values, name) in [
            (.itemKNN(.init()), "neighbours", ["0", "-1", "1e9", "\"x\"", "null"], "neighbours"),
            // Numbers that no number of the field's type is: the decoder does not name the field.
            (.itemKNN(.init()), "neighbours", ["1.5"], "JSON"), (.itemKNN(.init()), "saturation", ["1e60"], "JSON"),
            (.implicitALS(.init()), "seed", ["-1"], "JSON"),
            (.itemKNN(.init()), "weighting", [#"{"bm25":{"k1":1,"b":7}}"#], "bm25_b"),
            (.itemKNN(.init()), "weighting", [#"{"bm25":{"k1":-1,"b":0}}"#], "bm25_k1"),
            (.itemKNN(.init()), "weighting", [#"{"magic":{}}"#, "{}", "7"], "weighting"),
            (.itemKNN(.init()), "weighting", [#"{"bm25":{}}"#], "k1"),
            (.itemKNN(.init()), "saturation", ["-1"], "saturation"),
            (.implicitALS(.init()), "factors", ["1000000000", "0"], "factors"),
            (.implicitALS(.init()), "saturation", ["-0.1"], "saturation"),
            (.implicitALS(.init()), "fitHalfLife", ["0", "-1"], "alf"),
            (.truncatedSVD(.init()), "oversampling", ["-1", "5000"], "oversampling"),
            (.session(.init()), "lastItems", ["-1", "0"], "last_items"),
            (.session(.init()), "gap", ["0", "-3"], "gap"), (.session(.init()), "decay", ["0", "1.5"], "decay"),
            (.ease(.init()), "relativeRegularization", ["0"], "regularization"),
            (.ease(.init()), "memoryLimit", ["-1"], "memoryLimit"),
            (.ease(.init()), "contentWeight", ["-1"], "content_weight"),
            (.ease(.init()), "halfLife", ["0", "-1", "1e300"], "alf"),
            (.popularity(.init()), "halfLife", ["0"], "halfLife"),
            (.popularity(.init()), "scope", ["\"nobody\"", "1"], "scope"),
            (.userKNN(.init()), "halfLife", ["0"], "halfLife"), (.rp3Beta(.init()), "halfLife", ["0"], "halfLife"),
            (.content(.init()), "halfLife", ["0"], "halfLife"), (.rp3Beta(.init()), "alpha", ["11"], "alpha"),
            (.truncatedSVD(.init()), "halfLife", ["0"], "halfLife"),
            (.ownHistory(.init()), "halfLife", ["0"], "halfLife"),
            (.ownHistory(.init()), "repeatPrior", ["0", "-1"], "repeatPrior"),
            (.ownHistory(.init()), "form", [#"{"saturated":{"_0":-1}}"#], "form"),
            (.basket(.init()), "minimumSupport", ["0"], "minimum_support"),
            (Configurations.plain[11], "parts", ["[]"], "parts"),
            (Configurations.plain[11], "normalization", ["\"loud\""], "normalization"),
            (Configurations.plain[12], "demand", [#"{"recentHalfLife":2,"longHalfLife":1,"prior":1}"#], "demand.long"),
            (
                Configurations.plain[12], "demand", [#"{"recentHalfLife":0,"longHalfLife":9,"prior":1}"#],
                "demand.recent"
            ),
            (Configurations.plain[12], "demand", [#"{"recentHalfLife":1,"longHalfLife":9,"prior":0}"#], "demand.prior"),
        ] as [(ModelConfiguration, String, [String], String)] {
            for value in values {
                let words = refusal(try json(configuration, field, value))
                #expect(!words.contains("was accepted") && words.contains(name), "\(field) \(value): \(words)")
            }
        }
    }

    @Test("the weight of a hybrid's part and the options of the part are looked at")
    func badParts() throws {
        let part =
            #"{"configuration":{"algorithm":"basket","options":{"neighbours":N,"minimumSupport":1,"shrinkage":0}},"#
        let hybrid = #"{"algorithm":"hybrid","options":{"normalization":"none","parts":[PART"weight":W}]}}"#
        func text(_ neighbours: String, _ weight: String) -> String {
            hybrid.replacing("PART", with: part.replacing("N", with: neighbours)).replacing("W", with: weight)
        }
        #expect(refusal(text("1", "1")).contains("was accepted"))
        #expect(refusal(text("0", "1")).contains("neighbours must be"))
        #expect(refusal(text("1", "-1")).contains("part0.weight must be"))
        #expect(refusal(text("1", "1e30")).contains("part0.weight must be"))
        #expect(refusal(text("1", "1e300")).contains("JSON"))
    }

    @Test("an algorithm that is not known, and what is no configuration, are refused")
    func badShapes() {
        #expect(refusal(#"{"algorithm":"magic","options":{}}"#).contains("magic is no algorithm"))
        #expect(refusal(#"{"options":{}}"#) == "no algorithm")
        #expect(refusal(#"{"algorithm":"ease"}"#) == "no options")
        #expect(refusal(#"{"algorithm":"ease","options":{}}"#).hasPrefix("no "))
        for text in ["[]", "7", "null", "{", "", "{\"algorithm\":7}"] { #expect(!refusal(text).contains("accepted")) }
        var deep = #"{"algorithm":"popularity","options":{"scope":"everyone"}}"#
        for _ in 0..<300 { deep = #"{"algorithm":"demand_weighted","options":{"configuration":\#(deep)}}"# }
        #expect(!refusal(deep).contains("accepted"))
    }

    @Test(
        "random values in a configuration's JSON are refused, or make a model that can be fitted",
        arguments: [UInt64(3), 4]
    )
    func fuzz(seed: UInt64) async throws {
        print("configuration fuzz seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        let values: [Any] = [
            0, -1, 1, 3, 0.5, 1e9, 1e-9, -1e300, 1e300, "x", "none", NSNull(), true, [Any](), [String: Any](),
        ]
        let data = Configurations.data()
        let sources = try (Configurations.plain + Configurations.odd).map { try JSONEncoder().encode($0) }
        var accepted = 0
        for round in 0..<600 {
            let object = try JSONSerialization.jsonObject(with: sources[round % sources.count])
            let damaged = damage(object, values[generator.below(values.count)], &generator)
            let text = try JSONSerialization.data(withJSONObject: damaged)
            guard let read = try? JSONDecoder().decode(ModelConfiguration.self, from: text) else { continue }
            accepted += 1
            #expect(throws: Never.self) { try read.check() }
            guard round % 5 == 0 else { continue }
            do throws(FitError) {
                let model = try await read.fit(data, workers: 1).model
                #expect(model.recommend(data.profiles[0], selection: Selection(count: 3)).allSatisfy { $0.score > 0 })
            } catch .singular {}
        }
        #expect(accepted > 0 && accepted < 600)
    }

    /// Replaces one leaf, or one subtree, of a JSON value.
    private func damage(_ value: Any, _ replacement: Any, _ generator: inout SeededGenerator) -> Any {
        if var object = value as? [String: Any], !object.isEmpty, generator.below(12) > 0 {
            let key = object.keys.sorted()[generator.below(object.count)]
            object[key] = damage(object[key] ?? 0, replacement, &generator)
            return object
        }
        if var list = value as? [Any], !list.isEmpty, generator.below(12) > 0 {
            let place = generator.below(list.count)
            list[place] = damage(list[place], replacement, &generator)
            return list
        }
        return value is [String: Any] && !(replacement is [String: Any]) ? ["algorithm": replacement] : replacement
    }
}
