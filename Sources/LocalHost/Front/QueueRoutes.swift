import Foundation
import HTTPTypes
import NIOCore
import TextFormats

/// `/admin/queues…`: LocalHost's own way to look into its queues and to put messages, for people and tests.
struct QueueRoutes: Sendable {
    let store: QueueStore
    /// The queues that functions name; they are listed before they exist.
    let named: Set<QueueName>
    let zone: TimeZone

    /// The most messages shown: what the service's Peek gives.
    private static let peekLimit = 32

    func respond(to request: FrontRequest, queue name: String?) async throws -> Reply {
        let isRead = request.method == .get || request.method == .head
        guard let name else { return isRead ? .json(await json()) : Reply(status: .methodNotAllowed) }
        let queue: QueueName
        do { queue = try QueueName(name) } catch { return AdminRoutes.problem(400, "\(error)") }
        if isRead { return await messages(of: queue) }
        guard request.method == .post else { return Reply(status: .methodNotAllowed) }
        return try await put(request, queue)
    }

    /// Every queue by its name.
    func statistics() async -> [(name: QueueName, queue: QueueStore.Statistics)] {
        let known = await store.statistics()
        return named.union(known.keys).sorted().map { ($0, known[$0] ?? QueueStore.Statistics()) }
    }

    /// `length` counts all messages, `invisible` those of them that are leased or hidden after a failure, `poison` those of
    /// the poison queue.
    func json() async -> JSONValue {
        let known = Dictionary(uniqueKeysWithValues: await statistics().map { ($0.name, $0.queue) })
        let members = known.map { name, queue -> (String, JSONValue) in
            let poison = name.poison.flatMap { known[$0] }?.length ?? 0
            return (
                name.text,
                [
                    "length": .integer(Int64(queue.length)),
                    "invisible": .integer(Int64(queue.invisible)),
                    "oldest": queue.oldest.map { .string(HostDate.text($0, zone: zone)) } ?? .null,
                    "poison": .integer(Int64(poison)),
                ]
            )
        }
        return .object(Dictionary(uniqueKeysWithValues: members))
    }

    private func messages(of queue: QueueName) async -> Reply {
        guard let messages = await store.peek(Self.peekLimit, at: queue) else { return Reply(status: .notFound) }
        return .json(
            .array(
                messages.map { message in
                    let content = store.encoding.content(message.text).flatMap { String(validating: $0, as: UTF8.self) }
                    return [
                        "id": .string(message.id),
                        "text": .string(message.text),
                        "content": content.map { .string($0) } ?? .null,
                        "dequeueCount": .integer(Int64(message.dequeueCount)),
                        "inserted": .string(HostDate.text(message.inserted, zone: zone)),
                    ]
                }
            )
        )
    }

    private func put(_ request: FrontRequest, _ queue: QueueName) async throws -> Reply {
        let bytes = Array(try await request.body.collect().readableBytesView)
        let isEncoded = request.path.queryItems.contains { $0.name == "encoded" && $0.value.lowercased() == "true" }
        do {
            let message: QueueMessage
            if isEncoded {
                guard let text = String(validating: bytes, as: UTF8.self) else {
                    return AdminRoutes.problem(400, "the body is not UTF-8")
                }
                message = try await store.put(text: text, to: queue)
            } else {
                message = try await store.put(bytes, to: queue)
            }
            return .json(["id": .string(message.id)], status: .created)
        } catch let fault as QueueFault {
            return AdminRoutes.problem(fault.isTooLarge ? 413 : 400, fault.description)
        }
    }
}
