import ArgumentParser
import Testing

@testable import Commands

@Suite("Arguments of evaluate and tune")
struct EvaluateArgumentTests {
    private func message(_ body: () throws -> Void) -> String {
        do {
            try body()
            return "accepted"
        } catch {
            return EvaluateCommand.message(for: error)
        }
    }

    @Test("options that do not go together, or make no sense, are refused in words, by evaluate and by tune")
    func sources() {
        for (arguments, expected) in [
            (["--interactions", "i"], "--interactions needs --products"),
            (["--products", "p"], "--products needs --interactions, or --train and --test"),
            (["--train", "t"], "give both --train and --test"), (["--test", "t"], "give both --train and --test"),
            (["--train", "t", "--test", "t", "--split", "leave-last-out"], "leave --split out"),
            (["--online-retail", "o", "--train", "t", "--test", "t"], "give one of"),
            (["--online-retail", "o", "--products", "p", "--interactions", "i"], "give one of"),
            (["--products", "p", "--interactions", "i", "--train", "t", "--test", "t"], "give one of"),
            (["--split", "temporal:2"], "--split must be temporal:0.8"), (["--top", "0"], "--top must be 1 to 1000"),
            (["--top", "1001"], "--top must be 1 to 1000"), (["--repeats", "maybe"], "'left-out' and 'allowed'"),
            (["--models", "magic"], "there is no model magic"), (["--models", ""], "names no model"),
            ([], "accepted"), (["--top", "1000"], "accepted"), (["--split", "random:0.5:3"], "accepted"),
            (["--products", "p", "--train", "t", "--test", "t"], "accepted"),
            (["--train", "t", "--test", "t"], "accepted"), (["--online-retail", "o"], "accepted"),
        ] {
            for found in [
                message { _ = try EvaluateCommand.parse(arguments) }, message { _ = try TuneCommand.parse(arguments) },
            ] {
                #expect(found.contains(expected), "\(arguments): \(found)")
            }
        }
    }

    @Test("a model's age and the days that judge go with a cut through time alone")
    func days() {
        for name in ["--model-age", "--judged-days"] {
            for (arguments, expected) in [
                ([name, "28"], "accepted"), ([name, "0", "--split", "temporal:0.5"], "accepted"),
                (["\(name)=-1"], "\(name) must be 0 to 36500 days"),
                ([name, "nan"], "\(name) must be 0 to 36500 days"),
                ([name, "x"], "The value 'x' is invalid"),
                ([name, "28", "--split", "leave-last-out"], "\(name) needs a cut through time"),
                ([name, "28", "--split", "random:0.75"], "\(name) needs a cut through time"),
                ([name, "28", "--train", "t", "--test", "t"], "\(name) needs a cut through time"),
            ] {
                let found = message { _ = try EvaluateCommand.parse(arguments) }
                #expect(found.contains(expected), "\(arguments): \(found)")
            }
        }
    }

    @Test("the time of a search is read with its unit, or refused in words")
    func budget() throws {
        for (text, seconds) in [("60", 60), ("90s", 90), ("1.5m", 90), ("2h", 7_200)] as [(String, Double)] {
            #expect(try TuneCommand.parse(["--budget", text]).budget?.duration == .seconds(seconds))
        }
        for text in ["", "0", "-1s", "s", "5d", "1e9h", "nan", "inf", "10 m"] {
            #expect(SearchBudget(text) == nil, "\(text)")
            let said = message { _ = try TuneCommand.parse(["--budget=\(text)"]) }
            #expect(said.contains(text.isEmpty ? "Missing value for '--budget" : "--budget must be a time"), "\(said)")
        }
    }

    @Test("models that only a file of settings may have are left to it")
    func modelsOfSettings() {
        #expect(message { _ = try EvaluateCommand.parse(["--models", "mine", "--settings", "s.json"]) } == "accepted")
    }

    @Test("axes of a grid are read, or refused in words")
    func grid() throws {
        let axis = try #require(GridAxis("half_life_days=1,2.5,1e3"))
        #expect(axis.name == "half_life_days")
        #expect(axis.values.map { "\($0)" } == ["1", "2.5", "1000"])
        for text in ["", "=", "x", "x=", "=1", "x=a", "x=1,", "x=1,,2", "x=nan", "x=inf", "x=1;2"] {
            #expect(GridAxis(text) == nil, "\(text)")
            #expect(
                message { _ = try TuneCommand.parse(["--grid", text]) }.contains("--grid must be NAME=VALUE,VALUE,…")
            )
        }
        #expect(
            message { _ = try TuneCommand.parse(["--models", "ease,sar", "--grid", "x=1"]) }
                == "--grid goes with one model; name it with --models"
        )
        let twice = ["--models", "ease", "--grid", "x=1", "--grid", "x=2"]
        #expect(message { _ = try TuneCommand.parse(twice) }.contains("--grid x is given twice"))
    }
}
