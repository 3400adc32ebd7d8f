package import FoundationEssentials

/// How a client of the Blob service works.
package struct BlobClientOptions: Sendable {
    package var version = StorageVersion.current
    package var retry = RetryPolicy()
    package var connectTimeout: Duration = .seconds(20)
    /// An exchange below 1 KB/s for this long is given up and tried again.
    package var lowSpeedTime: Duration = .seconds(30)
    /// The largest blob that goes up in one request.
    package var singlePutLimit = 8 << 20
    /// Bytes in a block, unless 50,000 of them are too few for the blob. Memory of an upload: `blocksInFlight` of these.
    package var blockSize = 8 << 20
    package var blocksInFlight = 4
    /// Bytes asked for at once: the service gives a checksum for up to 4 MiB. Memory of a download: `rangesInFlight` of these.
    package var rangeSize = 4 << 20
    package var rangesInFlight = 6
    package var now: @Sendable () -> Date = { Date() }

    package init() {}
}
