import ArgumentParser
import BlobTestSupport
import Glibc

/// The Blob double as a program, for other clients: the official SDK, curl, a benchmark.
@main
struct BlobDoubleProgram: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "BlobDouble",
        abstract: "A double of the Blob service in memory, for tests.",
        discussion: "Prints a connection string when it is ready. Everything is gone when it ends."
    )

    @Option(help: "Port on 127.0.0.1; 0 lets the system choose.")
    var port = 0

    func run() async throws {
        var options = BlobServer.Options()
        options.port = port
        let server = BlobServer(options)
        try await server.run { _ in
            // A reader waits for this line; buffered, it would come with the end.
            print(server.connectionString)
            fflush(nil)
        }
    }
}
