import FoundationEssentials
import TextFormats

package struct BlobUploadOptions: Sendable {
    /// The content type that the blob is served with.
    package var contentType = "application/octet-stream"
    package var conditions = BlobConditions.unconditional
    /// Called with the number of bytes that the service has so far.
    package var progress: (@Sendable (_ done: Int) -> Void)?

    package init() {}
}

/// Names of the metadata that an upload writes.
enum UploadMetadata {
    /// CRC-64 of the complete blob, base64; checked when it is downloaded.
    static let checksum = "crc64"
    /// Random, one for each upload: tells whether a write whose response was lost was this one.
    static let writeID = "writeid"
}

extension BlobClient {
    /// Writes the blob: in one request up to `singlePutLimit`, else in blocks that become visible together.
    ///
    /// Every request carries a CRC-64 that the service checks. Blocks are named by position, length and checksum, so an
    /// upload that was interrupted, even by a kill, is resumed by the next one of the same bytes: staged blocks are not sent
    /// again. A write whose response was lost is resolved by reading back. Memory: `blocksInFlight` blocks.
    /// - Returns: the properties of the blob after the upload.
    @discardableResult
    package func upload(_ source: BlobSource, _ options: BlobUploadOptions = .init()) async throws(BlobError)
        -> BlobProperties
    {
        let writeID = UUID().uuidString.lowercased()
        if source.size <= self.options.singlePutLimit {
            let (bytes, checksum) = try await chunk(of: source, at: 0, count: source.size)
            var request = request("put blob", "PUT", options.conditions)
            request.headers["x-ms-blob-type"] = "BlockBlob"
            request.headers["Content-Type"] = "application/octet-stream"
            request.headers["x-ms-content-crc64"] = checksum.base64
            request.body = bytes
            let properties = try await write(request, options, writeID, checksum, size: source.size)
            options.progress?(source.size)
            return properties
        }
        let blocks = UploadBlock.plan(size: source.size, blockSize: self.options.blockSize)
        let (ids, checksum) = try await stage(blocks, of: source, options)
        do {
            return try await commit(ids, options, writeID, checksum, size: source.size)
        } catch {
            // Another writer's commit drops the staged blocks: once, all are sent again.
            guard error.code == .invalidBlockList else { throw error }
            let (ids, checksum) = try await stage(blocks, of: source, options)
            return try await commit(ids, options, writeID, checksum, size: source.size)
        }
    }

    // MARK: - Blocks

    private func stage(_ blocks: [UploadBlock], of source: BlobSource, _ options: BlobUploadOptions)
        async throws(BlobError)
        -> (ids: [String], checksum: CRC64)
    {
        let staged = try await uncommittedBlocks()
        do {
            return try await withThrowingTaskGroup(of: (Int, String, CRC64).self) { group in
                var ids = [String](repeating: "", count: blocks.count)
                var checksums = [CRC64](repeating: CRC64(), count: blocks.count)
                var (started, finished, done) = (0, 0, 0)
                while finished < blocks.count {
                    while started < min(finished + self.options.blocksInFlight, blocks.count) {
                        group.addTask { [started] in try await put(started, blocks[started], of: source, staged) }
                        started += 1
                    }
                    guard let (number, id, checksum) = try await group.next() else { break }
                    (ids[number], checksums[number]) = (id, checksum)
                    finished += 1
                    done += blocks[number].count
                    options.progress?(done)
                }
                let total = zip(blocks, checksums).reduce(CRC64()) { $0.followed(by: $1.1, count: $1.0.count) }
                return (ids, total)
            }
        } catch let error as BlobError {
            throw error
        } catch {
            throw self.error(.cancelled, "put block", "\(error)")
        }
    }

    private func put(
        _ number: Int,
        _ block: UploadBlock,
        of source: BlobSource,
        _ staged: [String: Int]
    ) async throws(BlobError) -> (Int, String, CRC64) {
        let (bytes, checksum) = try await chunk(of: source, at: block.offset, count: block.count)
        let id = block.id(number, checksum)
        guard staged[id] != block.count else { return (number, id, checksum) }
        var request = BlobRequest("put block", "PUT", address, query: [("comp", "block"), ("blockid", id)])
        request.headers["x-ms-content-crc64"] = checksum.base64
        request.body = bytes
        _ = try await pipeline.run(request)
        return (number, id, checksum)
    }

    private func commit(
        _ ids: [String],
        _ options: BlobUploadOptions,
        _ writeID: String,
        _ checksum: CRC64,
        size: Int
    ) async throws(BlobError) -> BlobProperties {
        var request = request("put block list", "PUT", query: [("comp", "blocklist")], options.conditions)
        let body = Array(
            ("<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList>"
                + ids.map { "<Latest>\($0)</Latest>" }.joined() + "</BlockList>").utf8
        )
        request.headers["Content-Type"] = "application/xml"
        request.headers["x-ms-content-crc64"] = CRC64(body).base64
        request.body = body
        return try await write(request, options, writeID, checksum, size: size)
    }

    /// Sends the request that makes the blob visible.
    private func write(
        _ request: BlobRequest,
        _ options: BlobUploadOptions,
        _ writeID: String,
        _ checksum: CRC64,
        size: Int
    ) async throws(BlobError) -> BlobProperties {
        var request = request
        request.headers["x-ms-blob-content-type"] = options.contentType
        let metadata = [UploadMetadata.checksum: checksum.base64, UploadMetadata.writeID: writeID]
        for (name, value) in metadata { request.headers["x-ms-meta-\(name)"] = value }
        do {
            let headers = try await pipeline.run(request).headers
            return BlobProperties(
                etag: headers["ETag"] ?? "",
                size: size,
                lastModified: headers["Last-Modified"].flatMap(HTTPDate.date),
                contentType: options.contentType,
                metadata: metadata
            )
        } catch {
            // An earlier attempt may have written it, and then its own success is what fails the condition.
            guard error.mayHaveHappened, error.code != .cancelled,
                let found = try? await properties(), found.metadata[UploadMetadata.writeID] == writeID
            else { throw error }
            return found
        }
    }

    private func chunk(of source: BlobSource, at offset: Int, count: Int) async throws(BlobError) -> ([UInt8], CRC64) {
        do {
            let chunk = try await service.reader.chunk(of: source, at: offset, count: count)
            return (chunk.bytes, chunk.checksum)
        } catch {
            throw self.error(.sourceFailed, "put blob", "the bytes to upload cannot be read: \(error)")
        }
    }

    /// Staged blocks that are not part of the blob yet: id and length.
    private func uncommittedBlocks() async throws(BlobError) -> [String: Int] {
        let query = [("comp", "blocklist"), ("blocklisttype", "uncommitted")]
        let request = BlobRequest("list blocks", "GET", address, query: query)
        let response: HTTPResponse
        do {
            response = try await pipeline.run(request)
        } catch {
            guard error.code == .blobNotFound else { throw error }
            return [:]
        }
        var blocks: [String: Int] = [:]
        for block in XMLElementTree(response.body)?["UncommittedBlocks"]?.children ?? [] {
            if let id = block["Name"]?.text, let size = block["Size"].flatMap({ Int($0.text) }) { blocks[id] = size }
        }
        return blocks
    }
}

/// A part of a blob that is uploaded in a request of its own.
struct UploadBlock: Sendable, Equatable {
    var offset: Int
    var count: Int

    /// The service accepts at most this many for a blob.
    static let maximumCount = 50_000

    /// Blocks of `blockSize`, or of as many MiB as it takes to need no more than ``maximumCount``.
    static func plan(size: Int, blockSize: Int) -> [UploadBlock] {
        let mebibyte = 1 << 20
        let minimum = (size + maximumCount - 1) / maximumCount
        let count = minimum <= blockSize ? blockSize : (minimum + mebibyte - 1) / mebibyte * mebibyte
        return stride(from: 0, to: size, by: count).map { UploadBlock(offset: $0, count: min(count, size - $0)) }
    }

    /// Base64 of a text that is equally long for every block of a blob, as the service demands: number, length, checksum.
    func id(_ number: Int, _ checksum: CRC64) -> String {
        Data("\(number.padded(to: 5))-\(count.padded(to: 10))-\(checksum.hex)".utf8).base64EncodedString()
    }
}
