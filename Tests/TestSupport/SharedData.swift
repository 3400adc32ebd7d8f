import Foundation

/// Files that tests use where they are there and that are not part of the project.
package enum SharedData {
    /// The published UCI "Online Retail" orders.
    package static var onlineRetail: String? { path("online_retail.csv.gz") }
    /// Requests, tokens and connection strings with the signatures that the official Azure SDK made.
    package static var signingVectors: String? { path("blob_signing_vectors.jsonl") }

    /// Its place: RECSHOP_DATA (the folder or the file), or `../shared/data` beside the package; nil when it is not there.
    private static func path(_ name: String) -> String? {
        var places: [String] = []
        if let place = ProcessInfo.processInfo.environment["RECSHOP_DATA"] { places += [place, place + "/" + name] }
        places.append(PackageFolder.path + "/../shared/data/" + name)
        return places.first { $0.hasSuffix(name) && FileManager.default.fileExists(atPath: $0) }
    }
}

/// The package's own folder, for scripts that tests run.
package enum PackageFolder {
    package static let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../..").standardized.path
}
