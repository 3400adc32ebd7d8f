/// A container of an account, and the way to its blobs.
package struct ContainerClient: Sendable {
    let service: BlobServiceClient
    package let name: String

    var address: BlobAddress { BlobAddress(endpoint: service.endpoint, container: name) }

    private static let container = ("restype", "container")

    /// Whether the service takes a name: 3 to 63 lower-case letters, digits and single hyphens between them.
    package static func isName(_ name: String) -> Bool {
        let bytes = Array(name.utf8)
        let hyphen = UInt8(ascii: "-")
        return (3...63).contains(bytes.count) && bytes.first != hyphen && bytes.last != hyphen && !name.contains("--")
            && bytes.allSatisfy { byte in
                byte == hyphen || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            }
    }

    package func blob(_ name: String) -> BlobClient { BlobClient(service: service, container: self.name, name: name) }

    /// Makes the container.
    /// - Returns: false when it was there already.
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

    package func exists() async throws(BlobError) -> Bool {
        do {
            _ = try await service.pipeline.run(
                BlobRequest("look at container", "HEAD", address, query: [Self.container])
            )
            return true
        } catch {
            guard error.isNotFound else { throw error }
            return false
        }
    }

    /// Deletes the container and every blob in it; one that is not there is an error. Its name is free again after half a minute or more.
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
