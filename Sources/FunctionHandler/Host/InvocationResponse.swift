import TextFormats

/// What an invocation gives back. Always an object and never empty: the host hangs on an empty 2xx body until its timeout
/// and then kills the process.
struct InvocationResponse: Sendable, Equatable {
    /// Binding name to messages; an array of strings is the one form the host passes on unchanged.
    var outputs: [String: [String]] = [:]
    /// Shown in the function's own log, without levels, when the answer is 2xx.
    var logs: [String] = []

    var response: Response {
        .json { writer in
            writer.key("Outputs")
            writer.object { writer in
                for (name, messages) in outputs.sorted(by: { $0.key < $1.key }) {
                    writer.key(dynamic: name)
                    writer.array { writer in for message in messages { writer.value(message) } }
                }
            }
            writer.key("Logs")
            writer.array { writer in for line in logs { writer.value(line) } }
            writer.key("ReturnValue")
            writer.null()
        }
    }
}
