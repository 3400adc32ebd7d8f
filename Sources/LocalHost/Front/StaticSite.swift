import Foundation
import HTTPTypes
import NIOCore
import TextFormats

/// Serves a built frontend as Azure Static Web Apps does: files as they are, `index.html` for every other page address, the
/// headers that `staticwebapp.config.json` names (above all the Content-Security-Policy).
struct StaticSite: Sendable {
    let root: URL

    /// nil when the folder has no index.html.
    init?(root: URL) {
        guard FileManager.default.fileExists(atPath: root.appendingPathComponent("index.html").path) else { return nil }
        self.root = root.standardizedFileURL.resolvingSymlinksInPath()
    }

    /// nil = 404: a missing file (its name has an extension) gets no page instead.
    func reply(path: String, method: HTTPRequest.Method, acceptEncoding: String? = nil) -> Reply? {
        let relative = Substring(path).percentDecoded
        guard !relative.contains("\0"), path != "/" + Self.configurationName else { return nil }
        let file = root.appendingPathComponent(relative).standardizedFileURL.resolvingSymlinksInPath()
        guard file.path == root.path || file.path.hasPrefix(root.path + "/") else { return nil }
        if let reply = read(file, method, acceptEncoding) { return reply }
        let name = path.split(separator: "/").last ?? ""
        return name.contains(".") ? nil : read(root.appendingPathComponent("index.html"), method, acceptEncoding)
    }

    private func read(_ file: URL, _ method: HTTPRequest.Method, _ acceptEncoding: String?) -> Reply? {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: file.path, isDirectory: &isDirectory), !isDirectory.boolValue
        else { return nil }
        // The build compresses once; the platform does so by itself.
        let compressed =
            Self.accepts("gzip", acceptEncoding) ? try? Data(contentsOf: file.appendingPathExtension("gz")) : nil
        guard let data = try? compressed ?? Data(contentsOf: file) else { return nil }
        // The build puts a content hash into the names under assets/, so they never change.
        let isHashed = file.path.hasPrefix(root.path + "/assets/")
        var fields = headers
        fields[.contentType] = Self.types[file.pathExtension.lowercased()] ?? "application/octet-stream"
        fields[.cacheControl] = isHashed ? "public, max-age=31536000, immutable" : "no-cache"
        fields[.contentLength] = String(data.count)
        fields[.vary] = "Accept-Encoding"
        if compressed != nil { fields[.contentEncoding] = "gzip" }
        return Reply(status: .ok, fields: fields, body: method == .head ? ByteBuffer() : ByteBuffer(bytes: data))
    }

    private static let configurationName = "staticwebapp.config.json"

    /// `globalHeaders` of the site's configuration: read for each reply, because a build may replace it.
    private var headers: HTTPFields {
        guard let data = try? Data(contentsOf: root.appendingPathComponent(Self.configurationName)),
            let named = try? JSONParser.parse([UInt8](data))["globalHeaders"]?.object
        else { return [:] }
        var fields = HTTPFields()
        for (name, value) in named {
            if let name = HTTPField.Name(name), let value = value.string { fields[name] = value }
        }
        return fields
    }

    /// Whether an Accept-Encoding names a coding and does not refuse it by a weight of 0.
    private static func accepts(_ coding: String, _ field: String?) -> Bool {
        (field ?? "").lowercased().split(separator: ",").contains { element in
            let parts = element.split(separator: ";").map { $0.filter { $0 != " " } }
            return parts.first == coding && !parts.dropFirst().contains { $0.firstMatch(of: /^q=0(\.0*)?$/) != nil }
        }
    }

    private static let types = [
        "html": "text/html; charset=utf-8", "js": "text/javascript; charset=utf-8", "css": "text/css; charset=utf-8",
        "json": "application/json; charset=utf-8", "map": "application/json; charset=utf-8", "svg": "image/svg+xml",
        "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "webp": "image/webp", "avif": "image/avif",
        "ico": "image/x-icon", "woff": "font/woff", "woff2": "font/woff2", "txt": "text/plain; charset=utf-8",
        "webmanifest": "application/manifest+json", "wasm": "application/wasm",
    ]
}
