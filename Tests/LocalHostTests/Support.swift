import Foundation
import Synchronization

@testable import LocalHost

/// A folder that is gone after the test.
final class TemporaryFolder: Sendable {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("localhost-\(UUID().uuidString)")
            .resolvingSymlinksInPath()
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func write(_ path: String, _ text: String, executable: Bool = false) throws {
        let file = url.appendingPathComponent(path)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
        if executable {
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
        }
    }

    func read(_ path: String) -> String? {
        try? String(contentsOf: url.appendingPathComponent(path), encoding: .utf8)
    }
}

/// Lines that a console was given.
final class RecordedLines: Sendable {
    private let lines = Mutex<[String]>([])

    var console: Console { Console { line in self.lines.withLock { $0.append(line) } } }
    var all: [String] { lines.withLock { $0 } }

    func contains(_ text: String) -> Bool { all.contains { $0.contains(text) } }
}

/// A clock that stands still until a sleeper moves it on: each tick comes at once, and time is what the test says.
final class SteppedClock: Sendable {
    private let state: Mutex<(now: Date, ticks: Int)>

    /// - Parameter ticks: how many sleeps end; later ones last until more are allowed.
    init(start: Date, ticks: Int) { state = Mutex((start, ticks)) }

    var now: Date { state.withLock { $0.now } }
    var clock: HostClock { HostClock(now: { self.now }, sleep: { try await self.sleep(until: $0) }) }

    func allow(_ ticks: Int) { state.withLock { $0.ticks += ticks } }
    func advance(by seconds: Double) { state.withLock { $0.now += seconds } }

    private func sleep(until date: Date) async throws {
        while !state.withLock({ state in
            guard state.ticks > 0 else { return false }
            state.ticks -= 1
            state.now = max(state.now, date)
            return true
        }) {
            try await Task.sleep(for: .milliseconds(5))
        }
    }
}
