import Foundation
import HTTPTypes
import Logging
import NIOCore
import NIOHTTP1

/// Every request to LocalHost: `/admin`, the functions' routes, then the frontend or the home page.
struct FrontResponder: Sendable {
    let routes: FunctionRouteTable
    let admin: AdminRoutes
    let forwarder: HTTPForwarder
    let runner: InvocationRunner
    let keys: FunctionKeys?
    let bodyLimit: Int
    let cors: PlatformCORS?
    let origin: OriginBox
    let site: StaticSite?
    let homePage: HomePage
    let logger: Logger

    /// Answers, also when that fails: with a status where nothing was written yet, else with the connection's end.
    func respond(to request: FrontRequest, _ writer: ReplyWriter) async {
        do {
            try await route(request, writer)
        } catch {
            guard !writer.isBegun else { return }
            switch error {
            case is BodyTooLarge: await writer.refuse(.contentTooLarge)
            case is HTTPParserError, is CallerGone: await writer.refuse(.badRequest)
            default: try? await writer.send(Reply(status: .internalServerError))
            }
        }
    }

    private func route(_ request: FrontRequest, _ writer: ReplyWriter) async throws {
        if let length = request.body.announcedLength, length > bodyLimit { throw BodyTooLarge() }
        if let cors {
            if let reply = cors.preflightReply(to: request) { return try await writer.send(reply) }
            writer.replace(cors.fields(for: request.fields[.origin]))
        }
        if isAdminOfHost(request) {
            return try await writer.send(try await admin.respond(to: request))
        }
        if let match = routes.match(path: request.path, method: request.method.rawValue) {
            return try await call(match, request, writer)
        }
        try await writer.send(page(for: request) ?? Reply(status: .notFound))
    }

    /// The host's own routes are /admin/host and /admin/functions, LocalHost's /admin/queues and /admin/instances. Other pages under /admin belong to the frontend, which has an
    /// origin of its own on Azure and shares this one here.
    private func isAdminOfHost(_ request: FrontRequest) -> Bool {
        let segments = request.path.segments.prefix(2).map { $0.lowercased() }
        guard segments.first == "admin" else { return false }
        return site == nil || segments.count == 2 && Self.hostRoutes.contains(segments[1])
    }

    private static let hostRoutes: Set<String> = ["host", "functions", "queues", "instances"]

    private func page(for request: FrontRequest) -> Reply? {
        guard request.method == .get || request.method == .head else { return nil }
        if let site {
            let accepted = request.fields[.acceptEncoding]
            return site.reply(path: request.path.path, method: request.method, acceptEncoding: accepted)
        }
        return request.path.path == "/" ? homePage.reply : nil
    }

    private func call(_ match: FunctionRouteTable.Match, _ request: FrontRequest, _ writer: ReplyWriter) async throws {
        let key = request.fields[Self.keyHeader] ?? request.path.queryItems.first { $0.name == "code" }?.value
        guard match.trigger.authorization == .anonymous || keys?.admits(key, to: match.trigger.authorization) == true
        else { return try await writer.send(Reply(status: .unauthorized)) }

        let id = UUID().uuidString.lowercased()
        let began = ContinuousClock.now
        do {
            if match.trigger.isForwardable {
                try await forwarder.respond(to: request, function: match.function.name, invocationID: id, writer)
            } else {
                try await writer.send(try await invoke(match, request))
            }
            let milliseconds = Int((ContinuousClock.now - began).seconds * 1_000)
            logger.debug("\(request.method) \(request.path.path) in \(milliseconds) ms (id \(id))")
        } catch {
            if !(error is BodyTooLarge) {
                let reason = InvocationRunner.describe(error)
                logger.error("\(request.method) \(request.path.path) failed (id \(id)): \(reason)")
            }
            throw error
        }
    }

    private func invoke(_ match: FunctionRouteTable.Match, _ request: FrontRequest) async throws -> Reply {
        let payload = request.body.announcedLength ?? 0 > 0 ? try await request.body.collect() : nil
        let invocation = HTTPInvocation(match: match, request: request, origin: origin.value, payload: payload)
        let outcome = await runner.invoke(match.function, reason: "\(request.method) \(request.path.path)") { _ in
            invocation.body(now: Date())
        }
        guard let result = outcome.result, outcome.succeeded else { return Reply(status: .internalServerError) }
        guard let reply = HTTPOutput.reply(result, name: match.trigger.outputName) else {
            logger.error("\(match.function.name): the http output is not an object; the host fails the invocation")
            return Reply(status: .internalServerError)
        }
        return reply
    }

    // The literal is a valid header name.
    // swift-format-ignore: NeverForceUnwrap
    private static let keyHeader = HTTPField.Name("x-functions-key")!
}
