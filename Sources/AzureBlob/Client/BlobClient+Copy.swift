extension BlobClient {
    /// Makes this blob a copy of another, within the service, and waits until it is whole.
    ///
    /// A copy whose answer was lost is found by its source. Should somebody else write the blob before the copy is whole, that is an
    /// error; what is there then is theirs.
    /// - Parameters:
    ///   - source: its URL, with whatever proves the right to read it.
    ///   - conditions: for this blob.
    ///   - limit: how long the service may take.
    package func copy(from source: String, conditions: BlobConditions = .init(), limit: Duration = .seconds(600))
        async throws(BlobError) -> BlobProperties
    {
        let start = ContinuousClock.now
        let id = try await startCopy(source, conditions)
        var pause = Duration.milliseconds(200)
        while true {
            let properties = try await properties()
            guard properties.copyID == id else {
                throw copyFailure("somebody else wrote the blob before the copy was whole")
            }
            switch properties.copyStatus {
            case "success": return properties
            case "pending": break
            case let status: throw copyFailure("the copy ended as \(status ?? "nothing known")")
            }
            guard ContinuousClock.now - start + pause < limit else {
                throw copyFailure("the copy is not whole within \(limit.components.seconds) s; it goes on without us")
            }
            do { try await options.retry.sleep(pause) } catch {
                throw BlobError(.cancelled, operation: "copy blob", target: address.target, "cancelled")
            }
            pause = min(pause * 2, .seconds(5))
        }
    }

    /// - Returns: the service's id of the copy.
    private func startCopy(_ source: String, _ conditions: BlobConditions) async throws(BlobError) -> String {
        var request = request("copy blob", "PUT", conditions)
        request.headers["x-ms-copy-source"] = source
        request.body = []
        do {
            return try await pipeline.run(request).headers["x-ms-copy-id"] ?? ""
        } catch {
            // Begun by the try whose answer was lost: then the blob says so, and its source is ours.
            let plain = { (url: String) in String(url.prefix { $0 != "?" }) }
            guard error.mayHaveHappened, error.code != .cancelled, let found = try? await properties(),
                let id = found.copyID, found.copySource.map(plain) == plain(source)
            else { throw error }
            return id
        }
    }

    private func copyFailure(_ message: String) -> BlobError {
        BlobError("CopyFailed", operation: "copy blob", target: address.target, message)
    }

    /// The blob's URL, for a copy's source.
    /// - Parameter query: such as a shared access signature.
    package func url(query: String? = nil) -> String { address.url([]) + (query.map { "?\($0)" } ?? "") }
}
