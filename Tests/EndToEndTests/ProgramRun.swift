import Foundation

/// One run of the program to its end, as a shell would start it.
struct ProgramRun {
    let status: Int32
    let output: String
    let errors: String

    /// - Parameter input: a file to read standard input from.
    init(_ arguments: [String], _ environment: [String: String] = [:], input: String? = nil) throws {
        let process = Process()
        process.executableURL = RunningShop.program("FunctionHandler")
        process.arguments = arguments
        process.environment = environment
        if let input { process.standardInput = FileHandle(forReadingAtPath: input) }
        let files = ["out", "err"].map { NSTemporaryDirectory() + "command-\(UUID().uuidString)-\($0)" }
        defer { for file in files { try? FileManager.default.removeItem(atPath: file) } }
        for file in files { _ = FileManager.default.createFile(atPath: file, contents: nil) }
        process.standardOutput = FileHandle(forWritingAtPath: files[0])
        process.standardError = FileHandle(forWritingAtPath: files[1])
        try process.run()
        process.waitUntilExit()
        status = process.terminationStatus
        output = try String(contentsOfFile: files[0], encoding: .utf8)
        errors = try String(contentsOfFile: files[1], encoding: .utf8)
    }
}
