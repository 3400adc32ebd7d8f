import FoundationEssentials

/// One blob of a container.
package struct BlobClient: Sendable {
    let service: BlobServiceClient
    let container: String
    package let name: String

    var address: BlobAddress { BlobAddress(endpoint: service.endpoint, container: container, blob: name) }
    var pipeline: BlobPipeline { service.pipeline }
    var options: BlobClientOptions { service.pipeline.options }

    func request(
        _ operation: String,
        _ method: String,
        query: [(String, String)] = [],
        _ conditions: BlobConditions
    ) -> BlobRequest {
        var request = BlobRequest(operation, method, address, query: query)
        conditions.apply(to: &request.headers)
        return request
    }

    /// Properties and metadata, without the bytes.
    package func properties(conditions: BlobConditions = .init()) async throws(BlobError) -> BlobProperties {
        BlobProperties(try await pipeline.run(request("look at blob", "HEAD", conditions)).headers)
    }

    /// Whether there is such a blob.
    package func exists() async throws(BlobError) -> Bool {
        do {
            _ = try await properties()
            return true
        } catch {
            guard error.isNotFound else { throw error }
            return false
        }
    }

    /// Deletes the blob with its snapshots; one that is not there is an error.
    package func delete(conditions: BlobConditions = .init()) async throws(BlobError) {
        var request = request("delete blob", "DELETE", conditions)
        request.headers["x-ms-delete-snapshots"] = "include"
        do {
            _ = try await pipeline.run(request)
        } catch {
            // Gone after a try whose answer was lost: that try did it, or somebody else did the same.
            guard error.isNotFound, error.mayHaveHappened else { throw error }
        }
    }

    /// Replaces all metadata, that of an upload with the whole blob's checksum too: give it again to keep it.
    /// - Parameter metadata: names of lower-case letters and digits that begin with a letter; ASCII values.
    /// - Returns: the new ETag.
    @discardableResult
    package func setMetadata(_ metadata: [String: String], conditions: BlobConditions = .init())
        async throws(BlobError) -> String
    {
        var request = request("set metadata", "PUT", query: [("comp", "metadata")], conditions)
        try apply(metadata, to: &request)
        request.body = []
        return try await pipeline.run(request).headers["ETag"] ?? ""
    }

    /// Replaces all HTTP properties; what is nil is cleared.
    /// - Returns: the new ETag.
    @discardableResult
    package func setHTTPHeaders(_ properties: BlobHTTPHeaders, conditions: BlobConditions = .init())
        async throws(BlobError) -> String
    {
        var request = request("set properties", "PUT", query: [("comp", "properties")], conditions)
        properties.apply(to: &request.headers)
        request.body = []
        return try await pipeline.run(request).headers["ETag"] ?? ""
    }

    func apply(_ metadata: [String: String], to request: inout BlobRequest) throws(BlobError) {
        for (name, value) in metadata.sorted(by: { $0.key < $1.key }) {
            guard let first = name.utf8.first, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first),
                name.utf8.allSatisfy({
                    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
                        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                })
            else {
                throw address.fault(
                    request.operation,
                    "metadata '\(name)': a name is lower-case letters and digits and begins with a letter"
                )
            }
            guard value.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
                throw address.fault(request.operation, "metadata '\(name)': a value is printable ASCII")
            }
            request.headers["x-ms-meta-\(name)"] = value
        }
    }
}
