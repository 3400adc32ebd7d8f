import AsyncHTTPClient
import Foundation
import Logging
import NIOCore
import NIOHTTP1

/// Invokes a function by `POST /<FunctionName>` and judges the answer.
struct InvocationRunner: Sendable {
    /// How the body's length is told.
    enum Framing: String, Sendable, CaseIterable {
        /// On Azure: `Transfer-Encoding: chunked`, no Content-Length.
        case chunked
        /// Under Core Tools, whose tracing buffers the body.
        case contentLength = "content-length"
    }

    /// Version LocalHost claims in headers: the host it was modelled on.
    static let hostVersion = "4.1037.0"
    static let userAgent = "Azure-Functions-Host/\(hostVersion)"

    let client: HandlerClient
    let gate: HandlerGate
    let framing: Framing
    let functionTimeout: Duration?
    /// How long a call waits for the handler to become ready: (3 + 1) × initializationTimeout.
    let readyLimit: Duration
    let logger: Logger

    /// Runs one invocation to its end; never throws. Retries of the function's policy are made here.
    func invoke(
        _ function: FunctionDefinition,
        reason: String,
        body: @Sendable (_ retry: BindingValue?) -> InvocationBody
    ) async -> InvocationOutcome {
        var outcome = await attempt(function, reason: reason, body: body(retryContext(function, 0)))
        guard let policy = function.retry else { return outcome }
        var retry = 0
        while !outcome.succeeded, policy.maximumRetries.map({ retry < $0 }) ?? true, !Task.isCancelled {
            retry += 1
            let delay = policy.delay(before: retry)
            logger.info("\(function.name): retry \(retry) in \(delay.words)")
            do { try await Task.sleep(for: delay) } catch { break }
            outcome = await attempt(function, reason: "retry \(retry)", body: body(retryContext(function, retry)))
            outcome.attempts = retry + 1
        }
        return outcome
    }

    private func attempt(_ function: FunctionDefinition, reason: String, body: InvocationBody) async
        -> InvocationOutcome
    {
        let id = UUID().uuidString.lowercased()
        let began = ContinuousClock.now
        logger.info("executing \(function.name) (\(reason), id \(id))")
        var outcome = InvocationOutcome(id: id, function: function.name)
        do {
            let answer = try await call(function, id: id, body: body.json.text)
            outcome.handlerStatus = answer.status
            switch InvocationJudge.judge(status: answer.status, contentType: answer.contentType, body: answer.body) {
            case .success(let result):
                outcome.result = result
                outcome.failure = undelivered(result, of: function)
            case .failure(let message):
                outcome.failure = message
            case .hang(let message):
                outcome.failure = "the real host would hang until functionTimeout and kill the handler: \(message)"
            }
        } catch {
            outcome.failure = Self.words(for: error)
        }
        outcome.duration = ContinuousClock.now - began
        report(outcome)
        return outcome
    }

    private func call(
        _ function: FunctionDefinition,
        id: String,
        body: String
    ) async throws -> (status: Int, contentType: String?, body: [UInt8]) {
        let endpoint = try await gate.endpoint(within: readyLimit)
        let deadline = FunctionDeadline(functionTimeout, gate: gate, function: function.name)
        let request = request(function: function.name, port: endpoint.port, id: id, body: body)
        return try await deadline.enforce(generation: endpoint.generation) {
            let response = try await client.send(request)
            var bytes: [UInt8] = []
            for try await part in response.body { bytes += part.readableBytesView }
            return (Int(response.status.code), response.headers.first(name: "content-type"), bytes)
        }
    }

    /// The request as the host makes it. Header names and the path keep their case; Host is `127.0.0.1:<port>`.
    func request(function: String, port: Int, id: String, body: String) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: HandlerClient.url(port: port, target: "/\(function)"))
        request.method = .POST
        request.headers = [
            "Host": "127.0.0.1:\(port)",
            "Content-Type": "application/json; charset=utf-8",
            "X-Azure-Functions-HostVersion": Self.hostVersion,
            "X-Azure-Functions-InvocationId": id,
            "User-Agent": Self.userAgent,
        ]
        let buffer = ByteBuffer(string: body)
        switch framing {
        case .chunked: request.body = .stream(Self.pieces(of: buffer), length: .unknown)
        case .contentLength: request.body = .bytes(buffer)
        }
        return request
    }

    /// A chunked body arrives in several chunks of unequal size, so that a handler that reads only the first one shows.
    private static func pieces(of buffer: ByteBuffer) -> AsyncStream<ByteBuffer> {
        AsyncStream { continuation in
            var rest = buffer
            for length in [1, 7] {
                if let piece = rest.readSlice(length: min(length, rest.readableBytes)), piece.readableBytes > 0 {
                    continuation.yield(piece)
                }
            }
            if rest.readableBytes > 0 { continuation.yield(rest) }
            continuation.finish()
        }
    }

    private func retryContext(_ function: FunctionDefinition, _ retry: Int) -> BindingValue? {
        function.retry.map { policy in
            .object([
                "RetryCount": .integer(Int64(retry)),
                "MaxRetryCount": .integer(Int64(policy.maximumRetries ?? -1)),
                "Exception": .null,
            ])
        }
    }

    /// Values for output bindings that nobody would deliver are a failure, not a silent loss.
    private func undelivered(_ result: InvocationResult, of function: FunctionDefinition) -> String? {
        let names = function.undeliveredOutputs.map(\.name).filter { name in
            switch result.outputs[name] {
            case nil, .null?, .array([])?: false
            default: true
            }
        }
        return names.isEmpty ? nil : "LocalHost does not deliver the output \(names.joined(separator: ", ")) yet"
    }

    private func report(_ outcome: InvocationOutcome) {
        for line in outcome.result?.logs ?? [] { logger.info("\(outcome.function): \(line)") }
        let milliseconds = Int(outcome.duration.seconds * 1_000)
        if let failure = outcome.failure {
            gate.record(error: "\(outcome.function): \(failure)")
            logger.error("failed \(outcome.function) after \(milliseconds) ms (id \(outcome.id)): \(failure)")
        } else {
            logger.info("executed \(outcome.function) in \(milliseconds) ms (id \(outcome.id))")
        }
    }

    static func words(for error: any Error) -> String {
        if HandlerClient.isConnectError(error) { return "connection refused: no handler is listening" }
        if let error = error as? HTTPClientError, error == .remoteConnectionClosed {
            return "the handler closed the connection without an answer"
        }
        return "\(error)"
    }
}
