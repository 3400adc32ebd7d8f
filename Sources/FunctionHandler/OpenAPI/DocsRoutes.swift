import Composition
import HTTPTypes
import TextFormats

/// `GET /openapi.json` and `GET /docs`: what the API is, for programs and for people.
struct DocsRoutes: Sendable {
    /// Of every other route.
    let document: [UInt8]
    /// Swagger UI's files; nil when they are not installed.
    let assets: DocsAssets?

    var routes: [Route] {
        [
            Route(
                .get,
                "/openapi.json",
                .anyone,
                "getOpenAPI",
                "This API as an OpenAPI 3.0.3 document",
                returning: .response(.init(.ok, "The document.", .object), .notModified),
                handler: { request in ETag.response(document, for: request) }
            ),
            Route(
                .get,
                "/docs",
                .anyone,
                "getDocs",
                "A page to read and try this API",
                returning: .response(.init(.ok, "The page.", .string, mediaType: "text/html")),
                problems: [.notFound: "The page's files are not installed."],
                handler: { request in try page(request) }
            ),
            Route(
                .get,
                "/docs/{file}",
                .anyone,
                "getDocsFile",
                "A file of the page",
                .path("file", "The file's name.", schema: .choice(DocsAssets.names), example: "start.js"),
                returning: .response(.init(.ok, "The file.", .string, mediaType: "*/*"), .notModified),
                handler: file
            ),
        ]
    }

    private func page(_ request: RoutedRequest) throws(Problem) -> Response {
        _ = try installed()
        // A link of `/api/docs` is one level up, one of `/api/docs/` is not.
        let base = request.path.hasSuffix("/") ? "" : "docs/"
        let html = """
            <!doctype html>
            <html lang="en">
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>Recommender shop: the API</title>
            <link rel="stylesheet" href="\(base)swagger-ui.css">
            <div id="docs" data-document="\(base)../openapi.json"></div>
            <script src="\(base)swagger-ui-bundle.js"></script>
            <script src="\(base)start.js"></script>
            </html>
            """
        return Response(
            status: .ok,
            headers: [
                .contentType: "text/html; charset=utf-8", .cacheControl: "no-cache",
                .contentSecurityPolicy: Self.policy, .xContentTypeOptions: "nosniff",
            ],
            body: Array(html.utf8)
        )
    }

    private func file(_ request: RoutedRequest, _ name: String) throws(Problem) -> Response {
        let assets = try installed()
        guard let asset = assets.files[name] else { throw .noSuchRoute }
        let headers: HTTPFields = [
            .contentType: asset.mediaType, .cacheControl: "public, max-age=3600", .eTag: asset.tag,
            .xContentTypeOptions: "nosniff",
        ]
        guard !ETag.matches(request.headers[.ifNoneMatch], asset.tag) else {
            return Response(status: .notModified, headers: headers)
        }
        return Response(status: .ok, headers: headers, body: asset.bytes)
    }

    private func installed() throws(Problem) -> DocsAssets {
        guard let assets else { throw .docsNotInstalled }
        return assets
    }

    /// Everything comes from this server; the page's own style sheet has pictures as data.
    private static let policy = """
        default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; \
        form-action 'none'; frame-ancestors 'none'
        """
}

extension Problem {
    static let docsNotInstalled = Problem(.notFound, "docs-not-installed", "The page is not installed")
        .saying("run scripts/swagger-ui.sh to install it; /api/openapi.json is the document that it shows")
}
