import Foundation
import Testing

@testable import RecPipeline

@Suite("File blob store")
struct FileBlobStoreTests {
    private func withStore(_ body: (FileBlobStore, String) async throws -> Void) async throws {
        let directory = NSTemporaryDirectory() + "blobs-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try await body(FileBlobStore(directory: directory, container: "c"), directory + "/c")
    }

    @Test("what is put is read, replaced by a second put, and absent after a delete")
    func roundTrip() async throws {
        try await withStore { store, _ in
            try await store.put("models/a/x.npz", [1, 2, 3])
            #expect(try await store.get("models/a/x.npz") == [1, 2, 3])
            try await store.put("models/a/x.npz", [])
            #expect(try await store.get("models/a/x.npz") == [])
            try await store.delete("models/a/x.npz")
            try await store.delete("models/a/x.npz")
            await #expect(throws: BlobStoreError.self) { try await store.get("models/a/x.npz") }
        }
    }

    @Test("a list names objects under a prefix in byte order, and no half-written ones")
    func list() async throws {
        try await withStore { store, directory in
            for path in ["b/2", "a/1", "b/10", "c"] { try await store.put(path, [0]) }
            // What a process leaves behind that is killed while it writes.
            for name in ["/b/.left.partial", "/.left.partial", "/b/.dat.nosync1234.abc"] {
                #expect(FileManager.default.createFile(atPath: directory + name, contents: Data([1])))
            }
            #expect(try await store.list(prefix: "b/").map(\.path) == ["b/10", "b/2"])
            #expect(try await store.list(prefix: "").map(\.path) == ["a/1", "b/10", "b/2", "c"])
        }
    }

    @Test(
        "a path cannot leave the store",
        arguments: ["", "../x", "a/../../x", "/etc/passwd", "a//b", ".hidden", "a/"]
    )
    func escape(path: String) async throws {
        try await withStore { store, _ in
            let error = await #expect(throws: BlobStoreError.self) { try await store.put(path, [1]) }
            #expect(error?.code == .invalidPath)
        }
    }

    @Test("a store that cannot be written says which object and why")
    func unwritable() async throws {
        let file = NSTemporaryDirectory() + "blob-file-\(UUID().uuidString)"
        #expect(FileManager.default.createFile(atPath: file, contents: Data()))
        defer { try? FileManager.default.removeItem(atPath: file) }
        let store = FileBlobStore(directory: file, container: "c")
        let error = await #expect(throws: BlobStoreError.self) { try await store.put("models/x", [1]) }
        #expect(error?.code == .unavailable)
        #expect("\(try #require(error))".contains("models/x"))
    }

    @Test("readers see the old or the new object, never a mixture")
    func atomic() async throws {
        try await withStore { store, directory in
            let other = FileBlobStore(directory: (directory as NSString).deletingLastPathComponent, container: "c")
            try await store.put("x", [UInt8](repeating: 0, count: 200_000))
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for round in 1...50 { try await store.put("x", [UInt8](repeating: UInt8(round), count: 200_000)) }
                }
                group.addTask {
                    for _ in 1...200 {
                        let bytes = try await other.get("x")
                        #expect(bytes.count == 200_000)
                        #expect(Set(bytes).count == 1)
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test("a name is an object or a folder of a directory, and the error says so")
    func nesting() async throws {
        try await withStore { store, _ in
            try await store.put("a", [1])
            try await store.put("b/c", [2])
            for path in ["a/b", "b"] {
                let error = await #expect(throws: BlobStoreError.self) { try await store.put(path, [3]) }
                #expect(error?.code == .invalidPath && error?.message.contains("directory") == true, "\(path)")
            }
            #expect(try await store.list(prefix: "").map(\.path) == ["a", "b/c"])
        }
    }

    @Test("what a killed process left goes after a day, and nothing else, whatever its name")
    func leftovers() async throws {
        try await withStore { store, directory in
            try await store.put("reports/old.partial", [1])
            for name in ["reports/.old.partial", "reports/.young.partial"] {
                #expect(FileManager.default.createFile(atPath: "\(directory)/\(name)", contents: Data([1])))
            }
            for name in ["reports/old.partial", "reports/.old.partial"] {
                try FileManager.default.setAttributes(
                    [.modificationDate: Date(timeIntervalSinceNow: -100_000)],
                    ofItemAtPath: "\(directory)/\(name)"
                )
            }
            // Another process, which looks at its first write.
            let other = FileBlobStore(directory: (directory as NSString).deletingLastPathComponent, container: "c")
            try await other.put("x", [1])
            let left = try FileManager.default.contentsOfDirectory(atPath: directory + "/reports").sorted()
            #expect(left == [".young.partial", "old.partial"])
        }
    }

    @Test("files are their owner's alone, also those that an earlier version wrote")
    func permissions() async throws {
        try await withStore { store, directory in
            func mode(_ path: String) throws -> Int? {
                let attributes = try FileManager.default.attributesOfItem(atPath: "\(directory)/\(path)")
                return (attributes[.posixPermissions] as? NSNumber)?.intValue
            }
            let local = NSTemporaryDirectory() + "data-\(UUID().uuidString)"
            #expect(
                FileManager.default.createFile(
                    atPath: local,
                    contents: Data([1]),
                    attributes: [.posixPermissions: 0o644]
                )
            )
            defer { try? FileManager.default.removeItem(atPath: local) }
            _ = try await store.put("datasets/a/users.csv.gz", file: local, if: .absent, progress: nil)
            try await store.put("models/current.json", [1])
            for path in ["datasets/a/users.csv.gz", "models/current.json", ".lock"] {
                #expect(try mode(path) == 0o600, "\(path)")
            }
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o644],
                ofItemAtPath: "\(directory)/datasets/a/users.csv.gz"
            )
            let other = FileBlobStore(directory: (directory as NSString).deletingLastPathComponent, container: "c")
            try await other.put("x", [1])
            #expect(try mode("datasets/a/users.csv.gz") == 0o600)
        }
    }

    @Test("a folder goes with its last object, and one that was left empty goes too")
    func emptyFolders() async throws {
        try await withStore { store, directory in
            let files = FileManager.default
            for path in ["models/a/x.npz", "models/a/y.npz", "models/b/x.npz"] { try await store.put(path, [1]) }
            try await store.delete("models/a/x.npz")
            #expect(try files.contentsOfDirectory(atPath: directory + "/models").sorted() == ["a", "b"])
            try await store.delete("models/a/y.npz")
            #expect(try files.contentsOfDirectory(atPath: directory + "/models") == ["b"])
            try await store.delete("models/b/x.npz")
            #expect(try files.contentsOfDirectory(atPath: directory) == [".lock"])
            try files.createDirectory(atPath: directory + "/reports/job-1", withIntermediateDirectories: true)
            let other = FileBlobStore(directory: (directory as NSString).deletingLastPathComponent, container: "c")
            try await other.put("x", [1])
            #expect(try files.contentsOfDirectory(atPath: directory).sorted() == [".lock", "x"])
        }
    }

    @Test("writes into a folder and removals that empty it do not disturb each other")
    func writesAndRemovals() async throws {
        try await withStore { store, directory in
            let other = FileBlobStore(directory: (directory as NSString).deletingLastPathComponent, container: "c")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (index, each) in [store, other].enumerated() {
                    group.addTask {
                        for _ in 0..<100 {
                            try await each.put("models/a/\(index)", [1])
                            try await each.delete("models/a/\(index)")
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await store.list(prefix: "").isEmpty)
        }
    }

    @Test("a put leaves nothing but the object in its folder")
    func noLeftovers() async throws {
        try await withStore { store, directory in
            for round in 0..<5 { try await store.put("models/a/x.npz", [UInt8](repeating: 1, count: round * 1_000)) }
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory + "/models/a") == ["x.npz"])
        }
    }

    @Test("a check passes for a directory that can be made, and leaves no object")
    func checkPasses() async throws {
        try await withStore { store, _ in
            try await store.check()
            try await store.check()
            #expect(try await store.list(prefix: "").isEmpty)
        }
    }

    /// `/proc/self` is a directory that root's permissions allow to write, and nobody can.
    @Test(
        "a check fails where no object could be written",
        arguments: [("/proc/nope", "c"), ("/etc/passwd/x", "c"), ("/dev/null", "c"), ("/proc", "self")]
    )
    func checkFails(directory: String, container: String) async throws {
        let store = FileBlobStore(directory: directory, container: container)
        let error = await #expect(throws: BlobStoreError.self) { try await store.check() }
        #expect(error?.code == .unavailable)
    }
}
