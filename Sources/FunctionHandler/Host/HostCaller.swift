import HTTPTypes

/// Tells the Functions host from an outsider whose request the host forwards.
///
/// Both arrive on the same port. The host's own calls name exactly `127.0.0.1:<port>` and carry no `X-Forwarded-*`: a
/// forwarded request keeps the outside Host, a proxied one gains `X-Forwarded-*`. With the route prefix `api` nothing from
/// outside has this path at all; this is the second lock.
enum HostCaller {
    static func isHost(_ head: HTTPRequest, port: Int) -> Bool {
        guard head.authority == "127.0.0.1:\(port)" else { return false }
        return !head.headerFields.contains { field in
            // A second Host field stays among the headers after the first became the authority.
            let name = field.name.canonicalName
            return name.hasPrefix("x-forwarded-") || name == "forwarded" || name == "host"
        }
    }
}
