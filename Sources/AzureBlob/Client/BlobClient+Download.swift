import TextFormats

extension BlobClient {
    /// The whole blob in memory, checked.
    package func download(conditions: BlobConditions = .init()) async throws -> (
        bytes: [UInt8], properties: BlobProperties
    ) {
        var bytes: [UInt8] = []
        let properties = try await download(conditions: conditions) { piece, size in
            if bytes.isEmpty { bytes.reserveCapacity(size) }
            bytes += piece
        }
        return (bytes, properties)
    }

    /// Reads the blob, or a part of it, piece by piece and in order.
    ///
    /// Pieces are ranges of `rangeSize`, several on their way at once, each with a checksum of the service's that is compared
    /// before the piece is handed on; a damaged one is asked for again. All are of one version of the blob: if it is replaced
    /// meanwhile that is a `ConditionNotMet`. While the consumer is busy no more than `rangesInFlight` pieces are held.
    /// At the end of a whole blob its own checksum is compared, where the writer left one; after `ChecksumMismatch` what was handed on
    /// must not be used.
    /// - Parameters:
    ///   - range: bytes; clipped to the blob's size.
    ///   - consume: gets a piece and how many bytes come in all.
    package func download(
        range: Range<Int>? = nil,
        conditions: BlobConditions = .init(),
        _ consume: (_ piece: [UInt8], _ total: Int) async throws -> Void
    ) async throws -> BlobProperties {
        let lower = range?.lowerBound ?? 0
        guard range?.isEmpty != true else {
            return try await properties(conditions: conditions)
        }
        let firstUpper = min(range?.upperBound ?? .max, lower + options.rangeSize)
        let first = try await firstPiece(lower..<firstUpper, conditions)
        guard let first else { return try await emptyBlob(conditions) }
        let properties = first.properties
        let upper = min(range?.upperBound ?? .max, properties.size)
        let total = max(0, upper - lower)
        var checksum = first.checksum
        try await consume(first.bytes, total)
        let pieces = stride(from: lower + first.bytes.count, to: upper, by: options.rangeSize).map {
            $0..<min($0 + options.rangeSize, upper)
        }
        var pinned = conditions
        pinned.ifMatch = properties.etag
        pinned.ifNoneMatch = nil
        pinned.ifModifiedSince = nil
        pinned.ifUnmodifiedSince = nil
        try await inOrder(pieces, pinned) { piece in
            checksum = checksum.followed(by: piece.checksum, count: piece.bytes.count)
            try await consume(piece.bytes, total)
        }
        if total == properties.size, let stored = properties.metadata[UploadMetadata.checksum] {
            guard CRC64(base64: stored) == checksum else {
                throw BlobError(
                    .checksumMismatch,
                    operation: "get blob",
                    target: address.target,
                    "the bytes are not those that were written: their CRC-64 is \(checksum.base64), not \(stored)"
                )
            }
        }
        return properties
    }

    // MARK: - Pieces

    private struct Piece: Sendable {
        var bytes: [UInt8]
        var checksum: CRC64
        var properties: BlobProperties
    }

    /// nil when the blob is empty: a range of nothing is refused.
    private func firstPiece(_ range: Range<Int>, _ conditions: BlobConditions) async throws(BlobError) -> Piece? {
        do {
            return try await piece(range, conditions)
        } catch {
            guard error.status == 416 else { throw error }
            if range.lowerBound > 0 {
                var error = error
                error.message = "the blob ends before byte \(range.lowerBound)"
                throw error
            }
            return nil
        }
    }

    private func emptyBlob(_ conditions: BlobConditions) async throws(BlobError) -> BlobProperties {
        let response = try await pipeline.run(request("get blob", "GET", conditions))
        guard response.body.isEmpty else {
            throw BlobError(
                .conditionNotMet,
                operation: "get blob",
                target: address.target,
                "the blob was replaced while it was read"
            )
        }
        return BlobProperties(response.headers)
    }

    private func piece(_ range: Range<Int>, _ conditions: BlobConditions) async throws(BlobError) -> Piece {
        var request = request("get blob", "GET", conditions)
        request.headers["x-ms-range"] = "bytes=\(range.lowerBound)-\(range.upperBound - 1)"
        request.headers["x-ms-range-get-content-crc64"] = "true"
        // A refusal's text may be longer than a short range.
        request.responseLimit = max(range.count, 64 << 10)
        let reader = service.reader
        request.fault = { response in
            let properties = BlobProperties(response.headers)
            let expected = min(range.upperBound, properties.size) - range.lowerBound
            guard response.status == 206, response.body.count == expected else {
                return "the answer holds \(response.body.count) bytes of \(expected)"
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
        return Piece(bytes: response.body, checksum: checksum, properties: BlobProperties(response.headers))
    }

    /// Fetches several ranges at once and gives them away in order. What is fetched and not yet given counts as in flight, so
    /// a slow consumer holds the next requests back.
    private func inOrder(
        _ ranges: [Range<Int>],
        _ conditions: BlobConditions,
        _ consume: (Piece) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: (Int, Piece).self) { group in
            var waiting: [Int: Piece] = [:]
            var asked = 0
            var given = 0
            while given < ranges.count {
                while asked < ranges.count, asked - given < options.rangesInFlight {
                    let number = asked
                    group.addTask { (number, try await piece(ranges[number], conditions)) }
                    asked += 1
                }
                if let piece = waiting.removeValue(forKey: given) {
                    given += 1
                    try await consume(piece)
                } else if let (number, piece) = try await group.next() {
                    waiting[number] = piece
                }
            }
        }
    }
}
