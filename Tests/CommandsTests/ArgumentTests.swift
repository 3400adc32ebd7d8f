import ArgumentParser
import Postgres
import Testing

@testable import Commands

@Suite("Arguments and errors of commands")
struct ArgumentTests {
    @Test("a negative number is judged as a number and not taken for an option")
    func negativeNumbers() {
        func message(_ body: () throws -> Void) -> String {
            do {
                try body()
                return "accepted"
            } catch {
                return SeedCommand.message(for: error)
            }
        }
        for (arguments, expected) in [
            (["--interactions", "-5"], "--interactions must be 0 to 1,000,000,000"),
            (["--users", "-1"], "--users must be 1 to 10,000,000"),
            (["--products", "-1"], "--products must be 1 to 1,000,000"),
            (["--seed", "-1"], "The value '-1' is invalid for '--seed <seed>'"),
        ] {
            #expect(message { _ = try SeedCommand.parse(arguments) } == expected)
        }
        let files = ["--format", "online-retail", "f.csv"]
        #expect(message { _ = try ImportCommand.parse(files + ["--stock", "-1"]) } == "--stock must be 0 or more")
    }

    @Test("the help of the import fits a terminal of 80 columns as it stands")
    func helpWidth() {
        for line in ImportCommand.help.split(separator: "\n") { #expect(line.count <= 76, "\(line)") }
        let shown = ImportCommand.helpMessage(columns: 80)
        for line in ImportCommand.help.split(separator: "\n") { #expect(shown.contains(line)) }
        for line in shown.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
    }

    @Test(
        "an error of the database becomes a sentence with a remedy and without SQL",
        arguments: [
            (PostgresError(.server(.undefinedTable), "no products", query: "SELECT 1"), "FunctionHandler migrate"),
            (PostgresError(.server(.undefinedObject), "no type", query: "SELECT 1"), "FunctionHandler migrate"),
            (PostgresError(.server(.undefinedDatabase), "no shop"), "no such database"),
            (PostgresError(.server(.invalidPassword), "no"), "check user and password"),
            (PostgresError(.connection, "refused", query: "SELECT 1"), "the database cannot be reached: refused"),
            (PostgresError(.configuration, "is no URI"), "DATABASE_URL: is no URI"),
            (PostgresError(.server("23514"), "too long", query: "SELECT 1"), "error 23514: too long"),
        ]
    )
    func databaseErrors(error: PostgresError, expected: String) {
        let text = "\(DatabaseFailure(error))"
        #expect(text.contains(expected))
        #expect(!text.contains("SELECT"))
    }
}
