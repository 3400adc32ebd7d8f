/// Bytes to upload: read piece by piece, at any offset, and again when a piece has to be sent again.
package struct BlobSource: Sendable {
    package let size: Int
    let read: @Sendable (_ offset: Int, _ count: Int) async throws -> [UInt8]

    package init(size: Int, read: @escaping @Sendable (_ offset: Int, _ count: Int) async throws -> [UInt8]) {
        self.size = size
        self.read = read
    }

    package static func bytes(_ bytes: [UInt8]) -> BlobSource { fatalError() }
    /// A file of this machine; its size is fixed when this is made. Reads happen off the cooperative pool.
    package static func file(_ path: String) throws -> BlobSource { fatalError() }
}
