import Testing
import TextFormats

@testable import LocalHost

@Suite("Queue names")
struct QueueNameTests {
    @Test("a poison queue's name is the queue's with a suffix, where there is room and it is none itself")
    func poison() throws {
        #expect(try QueueName("score-users").poison?.text == "score-users-poison")
        #expect(try QueueName("score-users-poison").poison == nil)
        #expect(try QueueName(String(repeating: "a", count: 56)).poison?.text.count == 63)
        #expect(try QueueName(String(repeating: "a", count: 57)).poison == nil)
    }

    @Test("only function.json may write capitals", arguments: ["Jobs", "JOBS"])
    func capitals(_ text: String) throws {
        #expect(try QueueName(normalizing: text).text == "jobs")
        #expect(throws: FunctionFault.self) { try QueueName(text) }
    }

    @Test(
        "names that the service refuses are refused",
        arguments: ["", "ab", "a b", "jobs-", "jöbs", "a_b", String(repeating: "a", count: 64)]
    )
    func refused(_ text: String) {
        #expect(throws: FunctionFault.self) { try QueueName(normalizing: text) }
    }
}

@Suite("extensions.queues")
struct QueueSettingsTests {
    private func settings(_ queues: JSONValue, environment: [String: String] = [:]) throws -> QueueSettings {
        try QueueSettings(
            ConfigurationStore(hostJSON: ["extensions": ["queues": queues]], environment: environment)
        )
    }

    @Test("without settings they are the host's")
    func defaults() throws {
        let settings = try settings([:])
        #expect(settings == QueueSettings())
        #expect(settings.batchSize == 16 && settings.newBatchThreshold == 8 && settings.maximumDequeueCount == 5)
        #expect(settings.visibilityTimeout == .zero && settings.encoding == .base64)
        #expect(settings.maximumPollingInterval == .seconds(60))
    }

    @Test("host.json and its overrides are read; the threshold follows the batch unless it is set")
    func given() throws {
        let some = try settings(
            ["batchSize": 5, "maxDequeueCount": 2, "visibilityTimeout": "00:00:30", "messageEncoding": "None"],
            environment: ["AzureFunctionsJobHost__extensions__queues__maxPollingInterval": "00:00:02"]
        )
        #expect(some.batchSize == 5 && some.newBatchThreshold == 2 && some.maximumDequeueCount == 2)
        #expect(some.visibilityTimeout == .seconds(30) && some.encoding == .none)
        #expect(some.maximumPollingInterval == .seconds(2))
        #expect(try settings(["batchSize": 1, "newBatchThreshold": 0]).newBatchThreshold == 0)
    }

    @Test(
        "a value out of range is refused with the setting's name and what would be right",
        arguments: [
            (["batchSize": 0], "batchSize must be a whole number from 1 to 32, not 0"),
            (["batchSize": 33], "from 1 to 32"), (["batchSize": "many"], "not many"),
            (["newBatchThreshold": -1], "newBatchThreshold must be a whole number of at least 0"),
            (["maxDequeueCount": 0], "maxDequeueCount must be a whole number of at least 1"),
            (["visibilityTimeout": "8.00:00:00"], "visibilityTimeout must be hh:mm:ss, 00:00:00 to 7.00:00:00"),
            (["visibilityTimeout": "30"], "not 30"),
            (["maxPollingInterval": 2000], "maxPollingInterval must be hh:mm:ss"),
            (["maxPollingInterval": "00:00:00.05"], "at least 00:00:00.1"),
            (["messageEncoding": "utf8"], "messageEncoding must be base64 or none, not utf8"),
        ] as [([String: JSONValue], String)]
    )
    func refused(_ queues: [String: JSONValue], _ words: String) throws {
        let failure = #expect(throws: HostFailure.self) { try settings(.object(queues)) }
        #expect(failure?.message.contains(words) == true, "\(failure?.message ?? "")")
    }

    @Test("pauses grow from a tenth of a second to the maximum, and begin anew after a message")
    func backoff() {
        var backoff = QueueBackoff(maximum: .seconds(1))
        let lengths = (0..<6).map { _ in backoff.next(found: false) }
        for (length, middle) in zip(lengths, [0.1, 0.2, 0.4, 0.8]) {
            #expect(length.seconds >= middle * 0.799 && length.seconds <= min(1, middle * 1.201), "\(length)")
        }
        #expect(lengths[4...].allSatisfy { $0.seconds >= 0.799 && $0 <= .seconds(1) })
        #expect(backoff.next(found: true).seconds <= 0.121)
    }
}

@Suite("Message encoding")
struct QueueEncodingTests {
    @Test("the limit counts after base64: 48 KiB of content fit, a byte more does not")
    func limit() throws {
        let fits = [UInt8](repeating: 0x61, count: 48 * 1024)
        #expect(try QueueEncoding.base64.text(fits).utf8.count == 64 * 1024)
        let fault = #expect(throws: QueueFault.self) { try QueueEncoding.base64.text(fits + [0x61]) }
        #expect(fault?.isTooLarge == true && fault?.description.contains("65540 bytes in base64") == true)
        let plain = [UInt8](repeating: 0x61, count: 64 * 1024)
        #expect(try QueueEncoding.none.text(plain).utf8.count == 64 * 1024)
        #expect(throws: QueueFault.self) { try QueueEncoding.none.text(plain + [0x61]) }
    }

    @Test("without base64 a message is text that XML can carry")
    func plain() throws {
        #expect(try QueueEncoding.none.text(Array("a\tü\n".utf8)) == "a\tü\n")
        for bytes in [[0xFF], [0x00], [0x1B]] as [[UInt8]] {
            #expect(throws: QueueFault.self) { try QueueEncoding.none.text(bytes) }
            #expect(try QueueEncoding.base64.content(QueueEncoding.base64.text(bytes)) == bytes)
        }
    }

    @Test("base64 is read as .NET reads it: blanks do not count, padding does")
    func base64() {
        #expect(QueueEncoding.decodeBase64("YWJj") == Array("abc".utf8))
        #expect(QueueEncoding.decodeBase64(" YW\nJj ") == Array("abc".utf8))
        #expect(QueueEncoding.decodeBase64("") == [])
        #expect(QueueEncoding.decodeBase64("YWI") == nil && QueueEncoding.decodeBase64("YWI=") == Array("ab".utf8))
        #expect(QueueEncoding.decodeBase64("a-b_") == nil && QueueEncoding.decodeBase64("{}") == nil)
    }
}
