import TextFormats

/// Decides what the host makes of a handler's answer to an invocation.
enum InvocationJudge {
    /// The host's view of an answer.
    enum Verdict: Sendable, Equatable {
        case success(InvocationResult)
        case failure(String)
        /// The real host would never complete this invocation: it ends by functionTimeout and SIGKILL.
        case hang(String)
    }

    /// Judges an answer by status, content type and body.
    static func judge(status: Int, contentType: String?, body: [UInt8]) -> Verdict {
        guard (200...299).contains(status) else {
            return .failure("status code does not indicate success: \(status)")
        }
        guard !body.isEmpty else {
            return .hang("status \(status) with an empty body: answer at least {}")
        }
        guard isJSON(contentType) else {
            let quoted = String(decoding: body.prefix(200), as: UTF8.self)
            return .failure("content type \(contentType ?? "(none)") is not application/json; the body was: \(quoted)")
        }
        let json: JSONValue
        do {
            json = try JSONParser.parse(body)
        } catch {
            return .failure("the body is not JSON: \(error)")
        }
        if json == .null { return .hang("the body is the JSON literal null: answer at least {}") }
        return result(json)
    }

    private static func result(_ json: JSONValue) -> Verdict {
        guard case .object = json else { return .failure("the body is not a JSON object") }
        var result = InvocationResult(returnValue: json[ignoringCase: "ReturnValue"] ?? .null)
        switch json[ignoringCase: "Outputs"] ?? .null {
        case .null: break
        case .object(let outputs): result.outputs = outputs
        default: return .failure("Outputs is not an object")
        }
        switch json[ignoringCase: "Logs"] ?? .null {
        case .null: break
        case .array(let lines):
            result.logs = lines.compactMap(\.string)
            guard result.logs.count == lines.count else { return .failure("Logs is not an array of strings") }
        default: return .failure("Logs is not an array of strings")
        }
        return .success(result)
    }

    /// The host's JSON formatter takes these two types, with any parameters.
    private static func isJSON(_ contentType: String?) -> Bool {
        let type = contentType?.split(separator: ";").first?.trimmingBlanks.lowercased()
        return type == "application/json" || type == "text/json"
    }
}

/// What a handler answered to an invocation. Names in `outputs` keep their case: the host compares them exactly.
struct InvocationResult: Sendable, Equatable {
    var outputs: [String: JSONValue] = [:]
    var logs: [String] = []
    var returnValue: JSONValue = .null
}
