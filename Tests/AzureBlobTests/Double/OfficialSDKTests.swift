import BlobTestSupport
import TestSupport
import Testing

@Suite("The official Python SDK against the double", .slot)
struct OfficialSDKTests {
    @Test(
        "containers, blobs, blocks, ranges, lists, conditions, leases, copies, tokens and errors are as the SDK expects"
    )
    func sdk() async throws {
        let python = try await PythonEnvironment("blob-sdk", ["azure-storage-blob==12.31.1"])
        try await BlobServer.with { server in
            let connection = server.connectionString
            let output = try await python.run("blob_sdk.py", [connection])
            #expect(output.contains("39 checks hold"))
        }
    }
}
