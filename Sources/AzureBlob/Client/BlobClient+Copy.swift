extension BlobClient {
    /// Makes this blob a copy of another, within the service, and waits until it is whole.
    /// - Parameters:
    ///   - source: its URL, with whatever proves the right to read it.
    ///   - conditions: for this blob.
    package func copy(from source: String, conditions: BlobConditions = .init()) async throws(BlobError)
        -> BlobProperties
    {
        var request = request("copy blob", "PUT", conditions)
        request.headers["x-ms-copy-source"] = source
        request.body = []
        let headers = try await pipeline.run(request).headers
        var status = headers["x-ms-copy-status"] ?? "success"
        var pause = Duration.milliseconds(200)
        while true {
            let properties = try await properties()
            status = properties.copyStatus ?? status
            guard status == "pending" else {
                guard status == "success" else {
                    throw BlobError(
                        BlobError.Code("CopyFailed"),
                        operation: "copy blob",
                        target: address.target,
                        "the copy ended as \(status)"
                    )
                }
                return properties
            }
            do { try await options.retry.sleep(pause) } catch {
                throw BlobError(.cancelled, operation: "copy blob", target: address.target, "cancelled")
            }
            pause = min(pause * 2, .seconds(5))
        }
    }

    /// The blob's URL, for a copy's source.
    /// - Parameter query: such as a shared access signature.
    package func url(query: String? = nil) -> String { address.url([]) + (query.map { "?\($0)" } ?? "") }
}
