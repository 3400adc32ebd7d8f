/// A Blob service for tests.
package struct BlobServer: Sendable {}
