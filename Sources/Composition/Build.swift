import CBuildCommit

/// Which build this is.
package enum Build {
    /// The release, and the commit when it is known: `0.1.0+1a2b3c4d5e6f`, with `.changed` when files differ from the commit.
    package static let version = ["0.1.0", String(cString: build_commit())].filter { !$0.isEmpty }.joined(
        separator: "+"
    )

    /// Name and version of every package that this build may hold, transitive ones included.
    package static let packages: [String: String] = .init(
        uniqueKeysWithValues: packageLines.split(separator: "\n").compactMap { line in
            let fields = line.split(separator: " ")
            return fields.count == 3 ? (String(fields[0]), String(fields[1])) : nil
        }
    )
}
