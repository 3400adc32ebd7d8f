import ArgumentParser
import AzureBlob
import Composition
import Foundation
import RecPipeline
import Reports

/// Looks into the store of models, features, data sets and reports.
struct BlobCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "blob",
        abstract: "List, read, write and remove what is in the blob store.",
        discussion: """
            The store is the one that BLOB_STORAGE and BLOB_CONTAINER name: a directory or Azure Blob Storage. Exit status: 0 \
            done, 1 not done, 2 there is no such object, or a condition did not hold.
            """,
        subcommands: [
            BlobListCommand.self, BlobCatCommand.self, BlobPutCommand.self, BlobGetCommand.self, BlobRemoveCommand.self,
            BlobSignCommand.self,
        ]
    )

    /// Runs `body` with the store of the settings; an error of the store ends with a message and a status.
    static func withStore(_ body: (any BlobStore) async throws -> Void) async throws {
        let environment = try CommandEnvironment.load(.blobs)
        var options = CurlTransport.Options()
        options.caFile = environment.config.azure.caFile
        let transport = CurlTransport(options: options)
        defer { transport.shutdown() }
        let identity = EntraCredential(options: environment.config.azure.entra, transport: transport)
        do {
            try await body(environment.config.blob.store(transport: transport, identity: identity))
        } catch let error as BlobStoreError {
            FileHandle.standardError.write(Data("Error: \(error)\n".utf8))
            throw ExitCode(error.code == .notFound || error.code == .conditionFailed ? 2 : 1)
        }
    }
}

struct BlobListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls",
        abstract: "List objects, in the order of their paths.",
        discussion: "Example: FunctionHandler blob ls models/ --long"
    )

    @Argument(help: "What paths begin with.")
    var prefix = ""

    @Flag(name: .shortAndLong, help: "Size and moment of the last write before each path.")
    var long = false

    func run() async throws {
        try await BlobCommand.withStore { store in
            for object in try await store.list(prefix: prefix) {
                guard long else {
                    print(object.path)
                    continue
                }
                let size = NumberText.integer(object.size)
                let padding = String(repeating: " ", count: max(0, 15 - size.count))
                print("\(padding)\(size)  \(object.modified.formatted(.iso8601))  \(object.path)")
            }
        }
    }
}

struct BlobCatCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cat",
        abstract: "Write an object to standard output.",
        discussion: "Example: FunctionHandler blob cat models/current.json"
    )

    @Argument(help: "Path of the object.")
    var path: String

    func run() async throws {
        try await BlobCommand.withStore { store in
            let output = OutputFile.standardOutput()
            do {
                try await store.read(path) { piece, _ in try await output.write(piece) }
            } catch let error as POSIXError where error.code == .EPIPE {
                // A reader that has seen enough is no error.
            }
        }
    }
}

struct BlobPutCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "put",
        abstract: "Write a file into the store.",
        discussion: """
            The object is seen whole or not at all. In Azure Blob Storage an upload that was cut off is resumed by the next one of the \
            same file. Example: FunctionHandler blob put notes.txt reports/notes.txt
            """
    )

    @Argument(help: "The file.")
    var file: String

    @Argument(help: "Path of the object.")
    var path: String

    @Flag(help: "Only if there is none of this path.")
    var ifAbsent = false

    func run() async throws {
        try await BlobCommand.withStore { store in
            let size = (try? FileManager.default.attributesOfItem(atPath: file)[.size] as? Int) ?? nil
            let shown = ShownProgress("put", total: size ?? 0)
            try await store.put(path, file: file, if: ifAbsent ? .absent : .always) { shown.update($0) }
        }
    }
}

struct BlobGetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get",
        abstract: "Read an object into a file.",
        discussion: """
            The file is written beside its place and renamed, so that a failure leaves nothing half. Example: FunctionHandler blob \
            get models/current.json current.json
            """
    )

    @Argument(help: "Path of the object.")
    var path: String

    @Argument(help: "The file.")
    var file: String

    func run() async throws {
        try await BlobCommand.withStore { store in
            let output = try OutputFile(replacing: file)
            var done = 0
            let progress = TerminalProgress("get")
            try await store.read(path) { piece, total in
                try await output.write(piece)
                done += piece.count
                progress.update(bytes: done, of: total)
            }
            try await output.commit()
        }
    }
}

struct BlobRemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rm",
        abstract: "Remove objects.",
        discussion: """
            What a live model or a generation for rollback needs is removed too: `blob ls` and GET /api/models say what there is. \
            Example: FunctionHandler blob rm --prefix datasets/20260101T000000Z/
            """
    )

    @Argument(help: "Paths, or beginnings of paths with --prefix.")
    var paths: [String]

    @Flag(help: "Remove every object whose path begins so.")
    var prefix = false

    func validate() throws {
        guard !paths.contains("") else { throw ValidationError("an empty path would mean everything") }
    }

    func run() async throws {
        try await BlobCommand.withStore { store in
            for path in paths {
                if prefix {
                    for object in try await store.list(prefix: path) { try await store.delete(object.path) }
                } else {
                    guard let object = try await store.find(path) else {
                        throw BlobStoreError(.notFound, path: path, "there is no such object under \(store.location)")
                    }
                    try await store.delete(object.path)
                }
            }
        }
    }
}
