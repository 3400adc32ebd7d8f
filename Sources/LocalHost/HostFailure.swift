/// Something that ends LocalHost, with words a person can act on.
struct HostFailure: Error, Equatable, CustomStringConvertible {
    /// Exit code for an occupied port, so that a script can tell it from everything else.
    static let portOccupied: Int32 = 2

    let message: String
    let exitCode: Int32

    init(_ message: String, exitCode: Int32 = 1) {
        self.message = message
        self.exitCode = exitCode
    }

    var description: String { message }
}
