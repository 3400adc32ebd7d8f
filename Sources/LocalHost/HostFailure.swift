import Foundation

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

    /// Why 127.0.0.1:`port` cannot be listened on, from the system's error number.
    static func cannotListen(on port: Int, errorNumber: Int32) -> HostFailure {
        switch errorNumber {
        case EADDRINUSE:
            let occupant = LoopbackPort.occupant(of: port).map { " by \($0)" } ?? ""
            return HostFailure(
                "port \(port) is taken\(occupant): end it, or start LocalHost with --port",
                exitCode: portOccupied
            )
        case EACCES:
            return HostFailure(
                "this user may not listen on port \(port): start LocalHost with --port and a number from 1024 on"
            )
        default:
            return HostFailure("cannot listen on port \(port): \(String(cString: strerror(errorNumber)))")
        }
    }
}
