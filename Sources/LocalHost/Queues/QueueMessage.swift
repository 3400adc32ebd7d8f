import Foundation
import TextFormats

/// A message as the service keeps it.
struct QueueMessage: Sendable, Equatable {
    let id: String
    /// The text on the wire: with base64 encoding that of the content.
    let text: String
    let inserted: Date
    let expires: Date
    var dequeueCount = 0
    var nextVisible: Date
    /// Who took the message last holds this receipt; an older one changes nothing any more.
    var popReceipt = ""

    /// How long a message is kept: the service's default, which the host does not change.
    static let timeToLive: TimeInterval = 7 * 24 * 3_600

    init(text: String, now: Date) {
        id = UUID().uuidString.lowercased()
        self.text = text
        inserted = now
        expires = now.addingTimeInterval(Self.timeToLive)
        nextVisible = now
    }

    /// A message that never lay in a queue: a manual run's, with an id and times made up for it, as the host does.
    static func invented(text: String, now: Date) -> QueueMessage {
        var message = QueueMessage(text: text, now: now)
        message.take(now: now, for: QueueSettings.lease)
        return message
    }

    func isVisible(at now: Date) -> Bool { nextVisible <= now }
    func isExpired(at now: Date) -> Bool { expires <= now }

    /// Gives the message to a listener.
    mutating func take(now: Date, for lease: Duration) {
        dequeueCount += 1
        hide(now: now, for: lease)
    }

    /// Hides the message, with a new receipt.
    mutating func hide(now: Date, for duration: Duration) {
        nextVisible = now.addingTimeInterval(duration.seconds)
        popReceipt = Data((0..<8).map { _ in UInt8.random(in: .min ... .max) }).base64EncodedString()
    }
}

// MARK: - The form on disk

extension QueueMessage {
    var json: JSONValue {
        [
            "id": .string(id), "text": .string(text), "inserted": .string(HostDate.utc(inserted)),
            "expires": .string(HostDate.utc(expires)), "dequeueCount": .integer(Int64(dequeueCount)),
            "nextVisible": .string(HostDate.utc(nextVisible)), "popReceipt": .string(popReceipt),
        ]
    }

    /// nil for anything that `json` did not make.
    init?(json: JSONValue) {
        func date(_ member: String) -> Date? { json[member]?.string.flatMap { try? HostDate.date($0) } }
        guard let id = json["id"]?.string, let text = json["text"]?.string, let inserted = date("inserted"),
            let expires = date("expires"), let count = json["dequeueCount"]?.integer,
            let nextVisible = date("nextVisible"), let popReceipt = json["popReceipt"]?.string
        else { return nil }
        (self.id, self.text, self.inserted, self.expires) = (id, text, inserted, expires)
        (dequeueCount, self.nextVisible, self.popReceipt) = (Int(count), nextVisible, popReceipt)
    }
}
