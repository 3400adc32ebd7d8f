/// A container of an account.
package struct ContainerClient: Sendable {
    let service: BlobServiceClient
    package let name: String

    var address: BlobAddress { BlobAddress(endpoint: service.endpoint, container: name) }

    private static let container = ("restype", "container")

    /// Whether the service accepts a name: 3 to 63 lower-case letters, digits and single hyphens between them.
    package static func isName(_ name: String) -> Bool {
        (3...63).contains(name.utf8.count) && name.wholeMatch(of: /[a-z0-9]+(-[a-z0-9]+)*/) != nil
    }

    package func blob(_ name: String) -> BlobClient { BlobClient(service: service, container: self.name, name: name) }

    /// Creates the container.
    /// - Returns: false when it exists already.
    @discardableResult
    package func create() async throws(BlobError) -> Bool {
        var request = BlobRequest("create container", "PUT", address, query: [Self.container])
        request.body = []
        do {
            _ = try await service.pipeline.run(request)
            return true
        } catch {
            guard error.code == .containerAlreadyExists else { throw error }
            return error.mayHaveHappened
        }
    }

    /// Deletes the container and every blob in it; one that does not exist is an error. The name can be used again after half
    /// a minute or more.
    package func delete() async throws(BlobError) {
        do {
            _ = try await service.pipeline.run(
                BlobRequest("delete container", "DELETE", address, query: [Self.container])
            )
        } catch {
            guard error.isNotFound, error.mayHaveHappened else { throw error }
        }
    }
}
