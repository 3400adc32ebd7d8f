import Foundation
import TestSupport
import Testing

@Suite("The guardian of a test's LocalHost", .slot)
struct HostGuardianTests {
    @Test("it ends the program, also one that will not end, and removes its folder", arguments: ["DEFAULT", "IGNORE"])
    func release(onTermination: String) throws {
        let folder = NSTemporaryDirectory() + "host-guardian-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let output = try makePipe()
        let script = "$SIG{TERM} = '\(onTermination)'; print 'ready'; close STDOUT; sleep 600"
        let program = try SpawnedProcess(["/usr/bin/perl", "-e", script, folder], output: output.writing)
        close(output.writing)
        // The program sets what it does at SIGTERM before it says so.
        let said = FileHandle(fileDescriptor: output.reading, closeOnDealloc: true).readDataToEndOfFile()
        #expect(said == Data("ready".utf8))
        try HostGuardian(of: program.id, folder: folder).release()
        #expect(program.wait() == (onTermination == "IGNORE" ? SIGKILL : SIGTERM))
        #expect(!FileManager.default.fileExists(atPath: folder))
    }

    @Test("it leaves another program with the same process id alone")
    func otherProgram() throws {
        let other = try SpawnedProcess(["/usr/bin/perl", "-e", "sleep 600"])
        try HostGuardian(of: other.id, folder: NSTemporaryDirectory() + UUID().uuidString).release()
        kill(other.id, SIGINT)
        // Had the guardian ended it, it would be by another signal.
        #expect(other.wait() == SIGINT)
    }
}
