package import Foundation

/// The path of a file that a long piece of work ends with: looked at before the work, not after it.
package enum OutputPath {
    /// The folder is missing or closed, or there is a folder under the name.
    package struct NotWritable: Error, CustomStringConvertible {
        package let path: String
        package let isFolder: Bool
        package var description: String {
            isFolder
                ? "\(path) is a folder; give the name of a file"
                : "\(path) cannot be written: is its folder there, and may this user write to it?"
        }
    }

    /// Makes the file that ``temporary(_:)`` names and leaves it there, empty.
    /// - Throws: ``NotWritable``.
    static func begin(_ path: String) throws {
        var isFolder: ObjCBool = false
        let isThere = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
        guard !(isThere && isFolder.boolValue), !path.isEmpty else { throw NotWritable(path: path, isFolder: isThere) }
        guard FileManager.default.createFile(atPath: temporary(path), contents: nil) else {
            throw NotWritable(path: path, isFolder: false)
        }
    }

    /// Where the file grows until it is complete.
    static func temporary(_ path: String) -> String { path + ".part" }

    /// Whether a file can be made under a path; leaves nothing behind.
    /// - Throws: ``NotWritable``.
    package static func check(_ path: String) throws {
        try begin(path)
        try? FileManager.default.removeItem(atPath: temporary(path))
    }

    /// Writes a file that appears under its name when it is complete.
    /// - Returns: its size in bytes.
    /// - Throws: ``NotWritable``, or what went wrong while writing.
    @discardableResult
    package static func write(_ data: Data, to path: String) throws -> Int {
        try check(path)
        try data.write(to: URL(fileURLWithPath: path), options: .atomic)
        return data.count
    }
}
