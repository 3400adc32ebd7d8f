import FoundationEssentials
import TextFormats

/// The JSON of token services, in all the ways they write numbers.
enum TokenAnswer {
    /// The token of a response; nil without a token or an expiry time.
    static func token(_ body: [UInt8], now: Date) -> AccessToken? {
        // The second name is the command line program's.
        guard let answer = try? JSONParser.parse(body),
            let token = (answer["access_token"] ?? answer["accessToken"])?.string, !token.isEmpty,
            let end = date(answer, "expires", now)
        else { return nil }
        return AccessToken(token: token, expiresOn: end, refreshOn: date(answer, "refresh", now))
    }

    /// `: code, first line of the description` of a refusal, cut to 300 characters; empty when it has neither.
    static func reason(_ body: [UInt8], hiding secrets: [String]) -> String {
        guard let answer = try? JSONParser.parse(body) else { return "" }
        let description = answer["error_description"]?.string?.split(whereSeparator: \.isNewline).first
        var text = [answer["error"]?.string, description.map(String.init)].compactMap(\.self).joined(separator: ", ")
        for secret in secrets where !secret.isEmpty {
            for form in [secret, WireURL.encoded(secret)] { text = text.replacing(form, with: "REDACTED") }
        }
        return text.isEmpty ? "" : ": \(text.prefix(300))"
    }

    /// The time in `…_on`, else that of `…_in`.
    private static func date(_ answer: JSONValue, _ event: String, _ now: Date) -> Date? {
        if let time = seconds(answer["\(event)_on"]) { return Date(timeIntervalSince1970: time) }
        return seconds(answer["\(event)_in"]).map(now.addingTimeInterval)
    }

    /// A number, or a text of one.
    private static func seconds(_ value: JSONValue?) -> Double? { value?.double ?? value?.string.flatMap(Double.init) }
}
