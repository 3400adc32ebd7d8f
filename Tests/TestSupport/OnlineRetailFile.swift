import Foundation

/// The published UCI "Online Retail" orders, which tests use where they are there.
package enum OnlineRetailFile {
    /// Its place, from RECSHOP_DATA (a folder or the file) or `../shared/data` beside the package; nil when it is not there.
    package static var path: String? {
        let name = "online_retail.csv.gz"
        var places: [String] = []
        if let place = ProcessInfo.processInfo.environment["RECSHOP_DATA"] { places += [place, place + "/" + name] }
        let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../..")
        places.append(package.appendingPathComponent("../shared/data/" + name).standardized.path)
        return places.first { $0.hasSuffix(".gz") && FileManager.default.fileExists(atPath: $0) }
    }
}
