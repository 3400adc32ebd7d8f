import FoundationEssentials

/// A claim on a blob: while it stands, only who knows its id can write.
package struct BlobLease: Sendable, Equatable {
    package var id: String
}

extension BlobClient {
    /// Takes a lease. Asked again with the same id while it is held, it is renewed, so a lost answer does no harm.
    /// - Parameter seconds: 15 to 60; nil until it is released.
    package func acquireLease(seconds: Int?, id: String = UUID().uuidString.lowercased()) async throws(BlobError)
        -> BlobLease
    {
        let headers = [
            ("x-ms-lease-duration", seconds.map(String.init) ?? "-1"), ("x-ms-proposed-lease-id", id),
        ]
        let response = try await lease("acquire", headers)
        return BlobLease(id: response["x-ms-lease-id"] ?? id)
    }

    /// Begins the lease's time anew.
    package func renew(_ lease: BlobLease) async throws(BlobError) {
        _ = try await self.lease("renew", [("x-ms-lease-id", lease.id)])
    }

    /// Goes on under another id.
    package func change(_ lease: BlobLease, to id: String) async throws(BlobError) -> BlobLease {
        let headers = [("x-ms-lease-id", lease.id), ("x-ms-proposed-lease-id", id)]
        return BlobLease(id: try await self.lease("change", headers)["x-ms-lease-id"] ?? id)
    }

    /// Gives the blob free.
    package func release(_ lease: BlobLease) async throws(BlobError) {
        do {
            _ = try await self.lease("release", [("x-ms-lease-id", lease.id)])
        } catch {
            // Released by the try whose answer was lost.
            guard error.mayHaveHappened, error.status == 409 else { throw error }
        }
    }

    /// Ends whatever lease there is, after at most `seconds`.
    /// - Returns: seconds until it has ended.
    package func breakLease(seconds: Int? = nil) async throws(BlobError) -> Int {
        let headers = seconds.map { [("x-ms-lease-break-period", String($0))] } ?? []
        return try await lease("break", headers)["x-ms-lease-time"].flatMap(Int.init) ?? 0
    }

    private func lease(_ action: String, _ headers: [(String, String)]) async throws(BlobError) -> HTTPHeaders {
        var request = BlobRequest("\(action) lease", "PUT", address, query: [("comp", "lease")])
        request.headers["x-ms-lease-action"] = action
        for (name, value) in headers { request.headers[name] = value }
        request.body = []
        return try await pipeline.run(request).headers
    }
}
