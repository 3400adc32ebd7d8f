import CCurl

/// libcurl's multi handle.
///
/// Unchecked because the compiler cannot see who uses the pointer. Invariant: every thread may call `wakeUp`, which libcurl
/// documents as safe from anywhere (curl_multi_wakeup, since 7.68); everything else is done by the one thread that runs
/// ``CurlLoop``, and the handle is freed when both that thread and the transport have let go of it.
final class CurlMultiHandle: @unchecked Sendable {
    let pointer: UnsafeMutableRawPointer

    /// libcurl requires this once, before anything else.
    private static let initialised: Bool = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    init(connectionsPerHost: Int) {
        guard Self.initialised, let pointer = curl_multi_init() else {
            preconditionFailure("libcurl cannot be initialised")
        }
        self.pointer = pointer
        ccurl_multi_set_long(pointer, CURLMOPT_MAX_HOST_CONNECTIONS, connectionsPerHost)
        // Idle connections beyond the cap would be closed and made again for the next burst.
        ccurl_multi_set_long(pointer, CURLMOPT_MAXCONNECTS, 2 * connectionsPerHost)
        ccurl_multi_set_long(pointer, CURLMOPT_PIPELINING, 0)
    }

    deinit { curl_multi_cleanup(pointer) }

    func wakeUp() { curl_multi_wakeup(pointer) }
}
