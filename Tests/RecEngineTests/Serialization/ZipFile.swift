@testable import RecEngine

/// Zip files with contents of the test's own making.
enum ZipFile {
    static func single(name: String, contents: [UInt8]) throws -> [UInt8] {
        var writer = ZipWriter()
        try writer.append(name: name) { $0 += contents }
        return try writer.finish()
    }
}
