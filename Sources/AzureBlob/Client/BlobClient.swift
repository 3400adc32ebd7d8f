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

    func error(_ code: BlobError.Code, _ operation: String, _ message: String) -> BlobError {
        BlobError(code, operation: operation, target: address.target, message)
    }

    /// Properties and metadata, without the bytes.
    package func properties(conditions: BlobConditions = .unconditional) async throws(BlobError) -> BlobProperties {
        BlobProperties(try await pipeline.run(request("get blob properties", "HEAD", conditions)).headers)
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
    package func delete(conditions: BlobConditions = .unconditional) async throws(BlobError) {
        var request = request("delete blob", "DELETE", conditions)
        request.headers["x-ms-delete-snapshots"] = "include"
        do {
            _ = try await pipeline.run(request)
        } catch {
            // Absent after an attempt whose response was lost: that attempt deleted it, or somebody else did.
            guard error.isNotFound, error.mayHaveHappened else { throw error }
        }
    }
}
