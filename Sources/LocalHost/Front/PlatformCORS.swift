import HTTPTypes
import TextFormats

/// CORS as the platform does it on Flex Consumption and Linux Consumption: it answers every preflight itself, by the list of
/// origins that is set on Azure, and the handler never sees one.
struct PlatformCORS: Sendable, Equatable {
    let origins: Set<String>

    /// - Parameter list: origins such as `https://shop.example`, or `*`, separated by commas; empty allows nobody.
    init(_ list: String) {
        origins = Set(list.split(separator: ",").map(\.trimmingBlanks))
    }

    /// The answer to a preflight; nil for every other request.
    func preflightReply(to request: FrontRequest) -> Reply? {
        guard request.method == .options, let origin = request.fields[.origin],
            let method = request.fields[.accessControlRequestMethod]
        else { return nil }
        var fields = fields(for: origin)
        if !fields.isEmpty {
            fields[.accessControlAllowMethods] = method
            fields[.accessControlAllowHeaders] = request.fields[.accessControlRequestHeaders]
        }
        return Reply(status: .noContent, fields: fields)
    }

    /// What every answer to a request of this origin carries.
    func fields(for origin: String?) -> HTTPFields {
        guard let origin else { return [:] }
        if origins.contains("*") { return [.accessControlAllowOrigin: "*"] }
        return origins.contains(origin) ? [.accessControlAllowOrigin: origin, .vary: "Origin"] : [:]
    }
}
