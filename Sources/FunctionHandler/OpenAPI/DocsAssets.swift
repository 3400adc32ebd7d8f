import Foundation
import Logging
import TextFormats

/// The files of the documentation page: Swagger UI's, and the script that starts it. Read once.
struct DocsAssets: Sendable {
    struct File: Sendable {
        let bytes: [UInt8]
        let mediaType: String
        let tag: String

        init(_ bytes: [UInt8], _ mediaType: String) {
            (self.bytes, self.mediaType, tag) = (bytes, mediaType, ETag.of(bytes))
        }
    }

    static let names = installed.map(\.name) + ["start.js"]

    private static let installed = [
        (name: "swagger-ui.css", mediaType: "text/css; charset=utf-8"),
        (name: "swagger-ui-bundle.js", mediaType: "text/javascript; charset=utf-8"),
    ]

    let files: [String: File]

    /// - Parameter folder: where `scripts/swagger-ui.sh` put Swagger UI.
    /// - Returns: nil when a file is missing.
    init?(folder: String) {
        var files = ["start.js": File(Array(Self.start.utf8), "text/javascript; charset=utf-8")]
        for (name, mediaType) in Self.installed {
            guard let data = FileManager.default.contents(atPath: "\(folder)/\(name)") else { return nil }
            files[name] = File([UInt8](data), mediaType)
        }
        self.files = files
    }

    /// No request leaves the machine: the validator's badge would be one.
    private static let start = """
        const target = document.getElementById("docs");
        SwaggerUIBundle({
            domNode: target,
            url: target.dataset.document,
            validatorUrl: null,
            deepLinking: true,
            docExpansion: "list",
            tagsSorter: "alpha",
        });
        """
}
