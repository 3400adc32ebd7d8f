import AzureBlob
import FoundationEssentials
import Logging
import Postgres
import Telemetry

extension TelemetrySettings {
    /// Nil without a connection string. Connects to nothing.
    func client(
        _ entra: EntraOptions,
        identity own: EntraCredential,
        transport: CurlTransport,
        logger: Logger
    ) -> TelemetryClient? {
        guard let ingestion else { return nil }
        let credential: EntraCredential? =
            switch identity {
            case nil: nil
            case .own: own
            case .client(let id) where id == entra.clientID: own
            case .client(let id): Self.credential(entra, clientID: id, transport: transport)
            }
        var options = TelemetryOptions()
        options.sampling = sampling
        let source = TelemetrySource(
            role: "\(site)-handler",
            instance: "\(ProcessInfo.processInfo.hostName):\(ProcessInfo.processInfo.processIdentifier)",
            version: Build.version
        )
        return TelemetryClient(
            ingestion,
            options: options,
            source: source,
            transport: transport,
            credential: credential,
            logger: logger
        )
    }

    private static func credential(
        _ entra: EntraOptions,
        clientID: String,
        transport: CurlTransport
    ) -> EntraCredential {
        var options = entra
        options.clientID = clientID
        return EntraCredential(options: options, transport: transport)
    }
}

extension TelemetryClient {
    /// Tells of a call to the database: its name is the file that made it, never a value.
    func observe(_ call: PostgresCall) {
        let file = call.fileID.split(separator: "/").last.map { $0.hasSuffix(".swift") ? $0.dropLast(6) : $0 }
        dependency(
            type: "postgresql",
            target: "database",
            name: file.map(String.init) ?? call.fileID,
            duration: call.duration,
            isSuccess: call.isSuccess
        )
    }

    /// Tells of a request to Blob Storage.
    func observe(_ call: BlobCall) {
        dependency(
            type: "Azure blob",
            target: call.container,
            name: call.operation,
            duration: call.duration,
            isSuccess: call.isSuccess
        )
    }
}
