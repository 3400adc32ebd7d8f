import Glibc
import Postgres
import TestSupport
import Testing

@Suite("No file descriptor left")
struct DescriptorLimitTests {
    @Test("a process at its limit of file descriptors gets an error that may pass, and goes on")
    func limit() async {
        // In a process of its own: the limit holds for all threads.
        await #expect(processExitsWith: .success) {
            let configuration = PostgresConfiguration(uri: "postgresql://nobody@/none?host=/nowhere")
            let client = PostgresClient(configuration: configuration, logger: TestDatabase.quietLogger)
            var none = rlimit(rlim_cur: 0, rlim_max: 0)
            guard setrlimit(.init(RLIMIT_NOFILE.rawValue), &none) == 0 else { exit(2) }
            for isPipelined in [false, true] {
                do {
                    _ = try await isPipelined ? client.read("SELECT 1") : client.query("SELECT 1")
                    exit(3)
                } catch {
                    guard let error = error as? PostgresError, error.code == .connection, error.isTransient,
                        error.message.contains("file descriptor")
                    else { exit(4) }
                }
            }
        }
    }
}
