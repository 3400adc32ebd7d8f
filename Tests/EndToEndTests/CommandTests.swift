import Foundation
import Postgres
import Shop
import TestSupport
import Testing

/// The program's commands as a shell runs them, with nothing in the environment but the database's address.
@Suite("Commands in a shell", .slot)
struct CommandTests {
    private func run(_ arguments: [String], _ environment: [String: String]) throws -> ProgramRun {
        try ProgramRun(arguments, environment)
    }

    @Test("migrate --dry-run tells pending from up to date and from an error by its exit status")
    func dryRun() async throws {
        try await TestDatabase.with { database in
            let environment = ["DATABASE_URL": database.uri]
            let pending = try run(["migrate", "--dry-run"], environment)
            #expect(pending.status == 2)
            #expect(pending.output.hasPrefix("pending: 1 "))
            #expect(try run(["migrate"], environment).status == 0)
            #expect(try run(["migrate", "--dry-run"], environment).status == 0)
            #expect(try run(["migrate", "--dry-run", "--status"], environment).status == 64)
        }
        let unreachable = try run(["migrate", "--dry-run"], ["DATABASE_URL": "postgresql://127.0.0.1:1/x"])
        #expect(unreachable.status == 1)
        #expect(unreachable.errors.contains("the database cannot be reached"))
    }

    @Test("three migrates at once on an empty database all end well")
    func concurrentMigrates() async throws {
        try await TestDatabase.with { database in
            let outcomes = try await withThrowingTaskGroup(of: Int32.self) { group in
                for _ in 0..<3 {
                    group.addTask { try run(["migrate"], ["DATABASE_URL": database.uri]).status }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes == [0, 0, 0])
        }
    }

    @Test("the address of the database is all that migrate, seed, import, evaluate and report ask for")
    func settings() async throws {
        try await TestDatabase.with { database in
            let environment = ["DATABASE_URL": database.uri]
            #expect(try run(["migrate"], environment).status == 0)
            let seed = ["seed", "--users", "30", "--products", "60", "--interactions", "3000"]
            let seeded = try run(seed, environment)
            #expect(seeded.status == 0, "\(seeded.errors)")
            let evaluated = try run(["evaluate"], environment)
            #expect(evaluated.status == 0, "\(evaluated.errors)")
            #expect(evaluated.output.contains("item_knn"))
            let page = NSTemporaryDirectory() + "command-\(UUID().uuidString).html"
            defer { try? FileManager.default.removeItem(atPath: page) }
            let reported = try run(["report", "exploration", "--out", page], environment)
            #expect(reported.status == 0, "\(reported.errors)")
            let file = NSTemporaryDirectory() + "command-\(UUID().uuidString).csv"
            defer { try? FileManager.default.removeItem(atPath: file) }
            let lines = """
                InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID
                1,A,LAMP,1,2010-12-01,1,1
                1,B,MUG,one,2010-12-01,1,1

                """
            try lines.write(toFile: file, atomically: true, encoding: .utf8)
            let imported = try run(["import", "--format", "online-retail", file], environment)
            #expect(imported.status == 0, "\(imported.errors)")
            #expect(imported.errors.contains("malformed \(file): line 3: Quantity is not a whole number: \"one\""))

            let refused = try run(["generate"], environment)
            #expect(refused.status == 64)
            #expect(refused.errors.contains("BLOB_STORAGE"))
        }
    }

    @Test("an import that would keep less than half of a file ends with status 1, the numbers and the reason")
    func importKeepsTooLittle() async throws {
        try await TestDatabase.with { database in
            let environment = ["DATABASE_URL": database.uri]
            #expect(try run(["migrate"], environment).status == 0)
            let file = NSTemporaryDirectory() + "command-\(UUID().uuidString).csv"
            defer { try? FileManager.default.removeItem(atPath: file) }
            let lines = """
                InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID
                1,A,LAMP,1,1/2/2011 8:26,1,1
                2,A,LAMP,1,1/2/2011 8:26,1,nan
                C3,A,LAMP,1,1/2/2011 8:26,1,1
                4,POST,POSTAGE,1,1/2/2011 8:26,1,1

                """
            try lines.write(toFile: file, atomically: true, encoding: .utf8)
            let refused = try run(["import", "--format", "online-retail", file], environment)
            #expect(refused.status == 1)
            #expect(refused.output.contains("such as C3 (line 4)") && refused.output.contains("such as POST (line 5)"))
            #expect(!refused.output.contains("events added"))
            #expect(refused.errors.contains("1 of 4 lines can be kept, less than half"), "\(refused.errors)")
            let accepted = try run(["import", "--format", "online-retail", "--accept-partial", file], environment)
            #expect(accepted.status == 0, "\(accepted.errors)")
            #expect(accepted.output.contains("dates such as 1/2/2011 8:26 (line 2) were read with the month first"))
        }
    }

    @Test("report makes pages from two files alone, and says where they are")
    func report() throws {
        let folder = NSTemporaryDirectory() + "command-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var products = "product_id,name,description,category,price\n"
        for product in 0..<12 {
            products += "p\(product),\(product % 2 == 0 ? "Mug" : "Lamp") \(product),,Home,\(product + 1)\n"
        }
        var interactions = "user_id,product_id,interaction_type,value,timestamp,order_id\n"
        for event in 0..<400 {
            let day = 1 + event / 20
            interactions +=
                "u\(event % 23),p\(event * 5 % 12),purchase,1,2024-05-\(day < 10 ? "0" : "")\(day)T10:00:00Z,o\(event)\n"
        }
        try products.write(toFile: folder + "/p.csv", atomically: true, encoding: .utf8)
        try interactions.write(toFile: folder + "/i.csv", atomically: true, encoding: .utf8)
        let files = ["--products", folder + "/p.csv", "--interactions", folder + "/i.csv"]
        for kind in ["exploration", "evaluation"] {
            let page = folder + "/\(kind).html"
            let models = kind == "evaluation" ? ["--models", "popularity,item_knn"] : []
            let made = try run(["report", kind, "--out", page] + files + models, [:])
            #expect(made.status == 0, "\(made.errors)")
            #expect(made.output.hasPrefix("\(page): "))
            #expect(try String(contentsOfFile: page, encoding: .utf8).hasSuffix("</html>\n"))
        }
        let lost = try run(["report", "exploration", "--out", folder + "/none/page.html"] + files, [:])
        #expect(lost.status == 1)
        #expect(lost.errors.contains("is its folder there"), "\(lost.errors)")
    }

    @Test("a database without the schema, or none at all, is answered with what to do and without SQL")
    func notMigrated() async throws {
        try await TestDatabase.with { database in
            for arguments in [["seed"], ["evaluate"]] {
                let outcome = try run(arguments, ["DATABASE_URL": database.uri])
                #expect(outcome.status == 1)
                #expect(outcome.errors.contains("run `FunctionHandler migrate` first"), "\(outcome.errors)")
                #expect(!outcome.errors.contains("SELECT") && !outcome.errors.contains("CREATE"))
            }
            let missing = database.uri.replacing(database.name, with: "no_such_database")
            let outcome = try run(["seed"], ["DATABASE_URL": missing])
            #expect(outcome.status == 1)
            #expect(outcome.errors.contains("no such database"), "\(outcome.errors)")
        }
    }
}
