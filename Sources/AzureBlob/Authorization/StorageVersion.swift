/// Versions of the Blob service's protocol.
package enum StorageVersion {
    /// What requests and tokens name. Nothing here needs a newer one, and emulators refuse the newest.
    package static let current = "2023-11-03"
}
