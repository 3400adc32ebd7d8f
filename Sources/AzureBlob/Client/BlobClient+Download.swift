import TextFormats

extension BlobClient {
    /// The complete blob in memory, checked.
    package func download() async throws -> (bytes: [UInt8], properties: BlobProperties) {
        var bytes: [UInt8] = []
        let properties = try await download { chunk, size in
            if bytes.isEmpty { bytes.reserveCapacity(size) }
            bytes += chunk
        }
        return (bytes, properties)
    }

    /// Reads the blob in chunks, in order.
    ///
    /// Chunks are ranges of `rangeSize`, several requested at once, each with a checksum of the service that is compared
    /// before the chunk is delivered; a damaged one is requested again. All are of one version of the blob: if it is
    /// replaced meanwhile the download fails with `ConditionNotMet`. While the consumer is busy no more than
    /// `rangesInFlight` chunks are in memory. At the end the checksum that the upload stored is compared; after
    /// `ChecksumMismatch` the delivered chunks must not be used.
    /// - Parameter consume: gets a chunk and the size of the blob in bytes.
    package func download(_ consume: (_ chunk: [UInt8], _ size: Int) async throws -> Void) async throws
        -> BlobProperties
    {
        guard let first = try await firstChunk() else { return try await emptyBlob() }
        let properties = first.properties
        var checksum = first.checksum
        try await consume(first.bytes, properties.size)
        let ranges = stride(from: first.bytes.count, to: properties.size, by: options.rangeSize).map {
            $0..<min($0 + options.rangeSize, properties.size)
        }
        try await inOrder(ranges, .matching(properties.etag)) { chunk in
            checksum = checksum.followed(by: chunk.checksum, count: chunk.bytes.count)
            try await consume(chunk.bytes, properties.size)
        }
        if let stored = properties.metadata[UploadMetadata.checksum], CRC64(base64: stored) != checksum {
            throw error(
                .checksumMismatch,
                "get blob",
                "the bytes are not those that were uploaded: their CRC-64 is \(checksum.base64), not \(stored)"
            )
        }
        return properties
    }

    // MARK: - Chunks

    private struct Chunk: Sendable {
        var bytes: [UInt8]
        var checksum: CRC64
        var properties: BlobProperties
    }

    /// Nil when the blob is empty: the service refuses every range of it.
    private func firstChunk() async throws(BlobError) -> Chunk? {
        do {
            return try await chunk(0..<options.rangeSize, .unconditional)
        } catch {
            guard error.status == 416 else { throw error }
            return nil
        }
    }

    private func emptyBlob() async throws(BlobError) -> BlobProperties {
        let response = try await pipeline.run(request("get blob", "GET", .unconditional))
        guard response.body.isEmpty else {
            throw error(.conditionNotMet, "get blob", "the blob was replaced while it was read")
        }
        return BlobProperties(response.headers)
    }

    private func chunk(_ range: Range<Int>, _ conditions: BlobConditions) async throws(BlobError) -> Chunk {
        var request = request("get blob", "GET", conditions)
        request.headers["x-ms-range"] = "bytes=\(range.lowerBound)-\(range.upperBound - 1)"
        request.headers["x-ms-range-get-content-crc64"] = "true"
        // The text of an error may be longer than a short range.
        request.responseLimit = max(range.count, 64 << 10)
        let reader = service.reader
        request.validate = { response in
            let properties = BlobProperties(response.headers)
            let expected = min(range.upperBound, properties.size) - range.lowerBound
            guard response.status == 206, response.body.count == expected else {
                return "the response holds \(response.body.count) bytes of \(expected)"
            }
            guard let stated = response.headers["x-ms-content-crc64"] else { return nil }
            guard CRC64(base64: stated) == (await reader.checksum(response.body)) else {
                return "bytes \(range.lowerBound)–\(range.upperBound - 1) were damaged on the way"
            }
            return nil
        }
        let response = try await pipeline.run(request)
        let stated = response.headers["x-ms-content-crc64"].flatMap(CRC64.init(base64:))
        var checksum: CRC64
        if let stated { checksum = stated } else { checksum = await reader.checksum(response.body) }
        return Chunk(bytes: response.body, checksum: checksum, properties: BlobProperties(response.headers))
    }

    /// Fetches several ranges at once and delivers them in order. A chunk that is fetched and not yet delivered counts as
    /// in flight, so a slow consumer delays the next requests.
    private func inOrder(
        _ ranges: [Range<Int>],
        _ conditions: BlobConditions,
        _ deliver: (Chunk) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: (Int, Chunk).self) { group in
            var fetched: [Int: Chunk] = [:]
            var requested = 0
            var delivered = 0
            while delivered < ranges.count {
                while requested < ranges.count, requested - delivered < options.rangesInFlight {
                    let number = requested
                    group.addTask { (number, try await chunk(ranges[number], conditions)) }
                    requested += 1
                }
                if let chunk = fetched.removeValue(forKey: delivered) {
                    delivered += 1
                    try await deliver(chunk)
                } else if let (number, chunk) = try await group.next() {
                    fetched[number] = chunk
                }
            }
        }
    }
}
