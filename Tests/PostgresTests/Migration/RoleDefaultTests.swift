import Postgres
import TestSupport
import Testing

@Suite("Defaults of a role in a database", .database)
struct RoleDefaultTests {
    private let database = TestDatabase.current
    private let defaults = [
        RoleDefault(setting: "statement_timeout", value: "47s"),
        RoleDefault(setting: "idle_in_transaction_session_timeout", value: "48s"),
    ]

    @Test("several processes that set them at once all succeed, and one of them did it")
    func concurrently() async throws {
        let clients = (0..<6).map { _ in database.client() }
        let set = try await withThrowingTaskGroup(of: [RoleDefault].self) { group in
            for client in clients {
                group.addTask {
                    try await Migrator(client: client, logger: TestDatabase.quietLogger).setRoleDefaults(defaults)
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(set == defaults)
        let fresh = database.client()
        for item in defaults {
            let value = try await fresh.query("SELECT current_setting(\(item.setting)) AS value")[0]
            #expect(try value.decode(String.self, "value") == item.value)
        }
    }

    @Test("one that has another value is replaced, others stay")
    func replacing() async throws {
        let migrator = Migrator(client: database.client(), logger: TestDatabase.quietLogger)
        #expect(try await migrator.setRoleDefaults(defaults) == defaults)
        let changed = RoleDefault(setting: "statement_timeout", value: "49s")
        #expect(try await migrator.setRoleDefaults([changed, defaults[1]]) == [changed])
        let fresh = database.client()
        #expect(try await fresh.query("SHOW statement_timeout")[0].decode(String.self, at: 0) == "49s")
    }
}
