import Foundation
import HTTPTypes
import Logging
import LoopbackHTTP
import NIOCore
import TextFormats

/// Invokes a function by `POST /<FunctionName>` and judges the answer.
struct InvocationRunner: Sendable {
    /// How the body's length is given.
    enum Framing: String, Sendable, CaseIterable {
        /// On Azure: `Transfer-Encoding: chunked`, no Content-Length.
        case chunked
        /// Under Core Tools, whose tracing buffers the body.
        case contentLength = "content-length"
    }

    let client: LoopbackClient
    let handler: HandlerAccess
    let framing: Framing
    /// nil when no function of the app has to do with queues.
    let queues: QueueOutputs?
    let errors: RecentErrors
    let logger: Logger

    /// The same for calls that go another way.
    func calling(_ handler: HandlerAccess) -> InvocationRunner {
        InvocationRunner(
            client: client,
            handler: handler,
            framing: framing,
            queues: queues,
            errors: errors,
            logger: logger
        )
    }

    /// Runs one invocation to its end; never throws. Retries of the function's policy are made here.
    func invoke(
        _ function: FunctionDefinition,
        reason: String,
        body: @Sendable (_ retry: JSONValue?) -> InvocationBody
    ) async -> InvocationOutcome {
        var outcome = await attempt(function, reason: reason, body: body(retryContext(function, 0)))
        guard let policy = function.activeRetry else { return outcome }
        var retry = 0
        while !outcome.succeeded, policy.maximumRetries.map({ retry < $0 }) ?? true, !Task.isCancelled {
            retry += 1
            let delay = policy.delay(before: retry)
            logger.info("\(function.name): retry \(retry) in \(delay.inSeconds)")
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
            let (response, bytes) = try await call(function, id: id, body: body.json.text)
            outcome.handlerStatus = response.status.code
            let verdict = InvocationJudge.judge(
                status: response.status.code,
                contentType: response.headerFields[.contentType],
                body: Array(bytes.readableBytesView)
            )
            switch verdict {
            case .success(let result):
                outcome.result = result
                outcome.failure = undelivered(result, of: function)
                if outcome.failure == nil { try await queues?.deliver(result, of: function) }
            case .failure(let message):
                outcome.failure = message
            case .hang(let message):
                outcome.failure = "the real host would hang until functionTimeout and kill the handler: \(message)"
            }
        } catch {
            outcome.failure = Self.describe(error)
        }
        outcome.duration = ContinuousClock.now - began
        report(outcome, of: function)
        return outcome
    }

    /// Header names and the path keep their case; Host is `127.0.0.1:<port>`.
    private func call(
        _ function: FunctionDefinition,
        id: String,
        body text: String
    ) async throws -> (HTTPResponse, ByteBuffer) {
        var fields: HTTPFields = [
            .contentType: "application/json; charset=utf-8", .userAgent: HeaderRules.userAgent,
        ]
        fields[HeaderRules.hostVersionName] = HeaderRules.hostVersion
        fields[HeaderRules.invocationIDName] = id
        let request = HTTPRequest(
            method: .post,
            scheme: "http",
            authority: nil,
            path: "/\(function.name)",
            headerFields: fields
        )
        let buffer = ByteBuffer(string: text)
        let body: LoopbackClient.Body =
            switch framing {
            case .contentLength: .bytes(buffer)
            case .chunked:
                // Several chunks of unequal size, so that a handler that reads only the first one shows.
                .stream(length: nil) { write in
                    var rest = buffer
                    for length in [1, 7, rest.readableBytes] {
                        guard let piece = rest.readSlice(length: min(length, rest.readableBytes)) else { break }
                        if piece.readableBytes > 0 { try await write(piece) }
                    }
                }
            }
        return try await handler.call(for: function.name) { [client] port in
            try await client.collect(request, port: port, body: body)
        }
    }

    private func retryContext(_ function: FunctionDefinition, _ retry: Int) -> JSONValue? {
        function.activeRetry.map { policy in
            [
                "RetryCount": .integer(Int64(retry)),
                "MaxRetryCount": .integer(Int64(policy.maximumRetries ?? -1)),
                "Exception": .null,
            ]
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

    private func report(_ outcome: InvocationOutcome, of function: FunctionDefinition) {
        for line in outcome.result?.logs ?? [] { logger.info("\(outcome.function): \(line)") }
        let declared = function.bindings.filter { $0.direction == "out" }.map(\.name)
        for name in (outcome.result?.outputs ?? [:]).keys.sorted() where !declared.contains(name) {
            logger.warning(
                "\(outcome.function): Outputs.\(name) is ignored, as the host does: function.json has no such output (case counts)"
            )
        }
        let milliseconds = Int(outcome.duration.seconds * 1_000)
        if let failure = outcome.failure {
            errors.record("\(outcome.function): \(failure)")
            logger.error("failed \(outcome.function) after \(milliseconds) ms (id \(outcome.id)): \(failure)")
        } else {
            logger.info("executed \(outcome.function) in \(milliseconds) ms (id \(outcome.id))")
        }
    }

    /// The message for a failed call.
    static func describe(_ error: any Error) -> String {
        switch error {
        case LoopbackError.notConnected: "connection refused: no handler is listening"
        case LoopbackError.closed: "the handler closed the connection without a complete answer"
        default: "\(error)"
        }
    }
}

/// One finished invocation.
struct InvocationOutcome: Sendable {
    let id: String
    let function: String
    var handlerStatus: Int?
    var duration: Duration = .zero
    var result: InvocationResult?
    /// nil = succeeded.
    var failure: String?
    var attempts = 1

    var succeeded: Bool { failure == nil }

    /// The form of LocalHost's own `?wait=true` extension.
    var json: JSONValue {
        [
            "function": .string(function),
            "invocation_id": .string(id),
            "succeeded": .bool(succeeded),
            "handler_status": handlerStatus.map { .integer(Int64($0)) } ?? .null,
            "duration_ms": .integer(Int64(duration.seconds * 1_000)),
            "attempts": .integer(Int64(attempts)),
            "logs": .array((result?.logs ?? []).map { .string($0) }),
            "outputs": .object(result?.outputs ?? [:]),
            "error": failure.map { .string($0) } ?? .null,
        ]
    }
}
