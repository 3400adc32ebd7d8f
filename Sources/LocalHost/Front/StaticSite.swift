import Foundation
import HTTPTypes
import NIOCore

/// Serves a built frontend: files as they are, `index.html` for every other page address.
struct StaticSite: Sendable {
    let root: URL

    /// nil when the folder has no index.html.
    init?(root: URL) {
        guard FileManager.default.fileExists(atPath: root.appendingPathComponent("index.html").path) else { return nil }
        self.root = root.standardizedFileURL.resolvingSymlinksInPath()
    }

    /// nil = 404: a missing file (its name has an extension) gets no page instead.
    func reply(path: String, method: HTTPRequest.Method) -> Reply? {
        let relative = Substring(path).percentDecoded
        guard !relative.contains("\0") else { return nil }
        let file = root.appendingPathComponent(relative).standardizedFileURL.resolvingSymlinksInPath()
        guard file.path == root.path || file.path.hasPrefix(root.path + "/") else { return nil }
        if let reply = read(file, method) { return reply }
        let name = path.split(separator: "/").last ?? ""
        return name.contains(".") ? nil : read(root.appendingPathComponent("index.html"), method)
    }

    private func read(_ file: URL, _ method: HTTPRequest.Method) -> Reply? {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: file.path, isDirectory: &isDirectory), !isDirectory.boolValue,
            let data = try? Data(contentsOf: file)
        else { return nil }
        // Vite puts a content hash into the names under assets/, so they never change.
        let isHashed = file.path.hasPrefix(root.path + "/assets/")
        let fields: HTTPFields = [
            .contentType: Self.types[file.pathExtension.lowercased()] ?? "application/octet-stream",
            .cacheControl: isHashed ? "public, max-age=31536000, immutable" : "no-cache",
            .contentLength: String(data.count),
        ]
        return Reply(status: .ok, fields: fields, body: method == .head ? ByteBuffer() : ByteBuffer(bytes: data))
    }

    private static let types = [
        "html": "text/html; charset=utf-8", "js": "text/javascript; charset=utf-8", "css": "text/css; charset=utf-8",
        "json": "application/json; charset=utf-8", "map": "application/json; charset=utf-8", "svg": "image/svg+xml",
        "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "webp": "image/webp", "avif": "image/avif",
        "ico": "image/x-icon", "woff": "font/woff", "woff2": "font/woff2", "txt": "text/plain; charset=utf-8",
        "webmanifest": "application/manifest+json", "wasm": "application/wasm",
    ]
}
