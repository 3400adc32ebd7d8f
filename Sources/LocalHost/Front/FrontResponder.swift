import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// Every request to LocalHost: `/admin`, the functions' routes, then the frontend or the home page.
struct FrontResponder: HTTPResponder {
    typealias Context = FrontContext

    let routes: RouteTable
    let admin: AdminRoutes
    let forwarder: HTTPForwarder
    let runner: InvocationRunner
    let keys: FunctionKeys?
    let bodyLimit: Int
    let origin: OriginBox
    let site: StaticSite?
    let homePage: HomePage
    let logger: Logger

    func respond(to request: Request, context: FrontContext) async throws -> Response {
        let path = RequestPath(request.head.path ?? "/")
        let body = LimitedBody(base: request.body, limit: bodyLimit)
        let length = request.headers[.contentLength].flatMap { Int($0) }
        if let length, length > bodyLimit { return Response(status: .contentTooLarge) }
        do {
            if path.segments.first?.lowercased() == "admin" {
                return try await admin.respond(request, path: path, body: body)
            }
            if let match = routes.match(path: path, method: request.method.rawValue) {
                return try await call(match, request, path, body, length, context)
            }
        } catch is BodyTooLarge {
            return Response(status: .contentTooLarge)
        }
        guard request.method == .get || request.method == .head else { return Response(status: .notFound) }
        if let page = site?.respond(path: path.path, method: request.method) { return page }
        guard site == nil, path.path == "/" else { return Response(status: .notFound) }
        let home = homePage.response
        return request.method == .head ? home.createHeadResponse() : home
    }

    private func call(
        _ match: RouteTable.Match,
        _ request: Request,
        _ path: RequestPath,
        _ body: LimitedBody,
        _ length: Int?,
        _ context: FrontContext
    ) async throws -> Response {
        let key = request.headers[Self.keyHeader] ?? path.queryItems.first { $0.name == "code" }?.value
        guard match.trigger.authorization == .anonymous || keys?.admits(key, to: match.trigger.authorization) == true
        else { return Response(status: .unauthorized) }

        let id = UUID().uuidString.lowercased()
        let call = HTTPForwarder.Call(
            function: match.function.name,
            method: request.method,
            path: path,
            incoming: HeaderRules.Incoming(
                fields: request.headers,
                host: request.head.authority,
                remoteAddress: context.remoteAddress,
                invocationID: id
            ),
            body: body,
            contentLength: length,
            isChunked: request.headers[.transferEncoding]?.lowercased().contains("chunked") ?? false
        )
        let began = ContinuousClock.now
        do {
            let response =
                match.trigger.isForwardable ? try await forwarder.respond(to: call) : try await invoke(match, call)
            let milliseconds = Int((ContinuousClock.now - began).seconds * 1_000)
            logger.debug("\(request.method) \(path.path) \(response.status.code) in \(milliseconds) ms (id \(id))")
            return response
        } catch let error as BodyTooLarge {
            throw error
        } catch {
            let words = InvocationRunner.words(for: error)
            logger.error("\(request.method) \(path.path) failed (id \(id)): \(words)")
            return Response(status: .internalServerError)
        }
    }

    private func invoke(_ match: RouteTable.Match, _ call: HTTPForwarder.Call) async throws -> Response {
        let payload = (call.contentLength ?? 0) > 0 ? try await call.body.collect() : ByteBuffer()
        let invocation = HTTPInvocation(match: match, call: call, origin: origin.value)
        let outcome = await runner.invoke(match.function, reason: "\(call.method) \(call.path.path)") { _ in
            invocation.body(payload: payload, now: Date())
        }
        guard let result = outcome.result, outcome.succeeded else { return Response(status: .internalServerError) }
        guard let response = HTTPOutput.response(result, name: match.trigger.outputName) else {
            logger.error("\(match.function.name): the http output is not an object; the host fails the invocation")
            return Response(status: .internalServerError)
        }
        return response
    }

    // The literal is a valid header name.
    // swift-format-ignore: NeverForceUnwrap
    private static let keyHeader = HTTPField.Name("x-functions-key")!
}
