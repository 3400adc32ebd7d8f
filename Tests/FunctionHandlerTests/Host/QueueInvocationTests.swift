import FoundationEssentials
import TestSupport
import Testing
import TextFormats

@testable import FunctionHandler

@Suite("Invocation by a queue message") struct QueueInvocationTests {
    private func invocation(_ body: String) throws -> QueueInvocation {
        try QueueInvocation(
            InvocationRequest(parsing: Array(body.utf8)),
            functionName: "ScoreUsers",
            invocationID: "i"
        )
    }

    @Test(
        "the message that a timer gives back arrives as the JSON that it was, through the host's two layers of strings"
    )
    func roundTrip() throws {
        let text = ChunkQueue.message(jobID: "job-000007")
        var writer = JSONWriter()
        writer.value(text)
        let once = String(decoding: writer.finish(), as: UTF8.self)
        var body = JSONWriter()
        body.object { writer in
            writer.key("Data")
            writer.object { $0.member("message", once) }
            writer.key("Metadata")
            writer.object { $0.member("DequeueCount", "3") }
        }
        let found = try invocation(String(decoding: body.finish(), as: UTF8.self))
        #expect(found.message.object?["job_id"]?.string == "job-000007")
        #expect(found.dequeueCount == 3)
    }

    @Test("text that is no JSON is a string, and a message without a delivery count is the first delivery")
    func text() throws {
        let found = try invocation(#"{"Data":{"message":"\"a text\""},"Metadata":{}}"#)
        #expect(found.message.string == "a text")
        #expect(found.dequeueCount == 1)
    }

    @Test(
        "a body without a message, or with two, is refused",
        arguments: [#"{"Data":{}}"#, #"{"Data":{"a":"1","b":"2"}}"#]
    )
    func notOneMessage(body: String) throws {
        #expect(throws: Problem.self) { try invocation(body) }
    }
}
