import FoundationEssentials

/// The JSON of token services, in all the ways they write numbers.
struct TokenAnswer: Decodable {
    private var token: String?
    /// The command line program's name for it.
    private var accessToken: String?
    private var expiresIn: Number?
    private var expiresOn: Number?
    private var refreshIn: Number?
    private var refreshOn: Number?
    private var error: Text?
    private var errorDescription: String?

    enum CodingKeys: String, CodingKey {
        case token = "access_token"
        case accessToken
        case expiresIn = "expires_in"
        case expiresOn = "expires_on"
        case refreshIn = "refresh_in"
        case refreshOn = "refresh_on"
        case error
        case errorDescription = "error_description"
    }

    /// The token of a response; nil without a token or an expiry time.
    static func token(_ body: [UInt8], now: Date) -> AccessToken? {
        guard let answer = try? JSONDecoder().decode(TokenAnswer.self, from: Data(body)),
            let token = answer.token ?? answer.accessToken, !token.isEmpty,
            let end = date(answer.expiresOn, answer.expiresIn, now)
        else { return nil }
        return AccessToken(token: token, expiresOn: end, refreshOn: date(answer.refreshOn, answer.refreshIn, now))
    }

    /// `: code, first line of the description` of a refusal, cut to 300 characters; empty when it has neither.
    static func reason(_ body: [UInt8], hiding secrets: [String]) -> String {
        guard let answer = try? JSONDecoder().decode(TokenAnswer.self, from: Data(body)) else { return "" }
        let lines = [
            answer.error?.value, answer.errorDescription?.split(whereSeparator: \.isNewline).first.map(String.init),
        ]
        var text = lines.compactMap { $0 }.joined(separator: ", ")
        for secret in secrets where !secret.isEmpty {
            for form in [secret, WireURL.encoded(secret)] { text = text.replacing(form, with: "REDACTED") }
        }
        return text.isEmpty ? "" : ": \(text.prefix(300))"
    }

    private static func date(_ on: Number?, _ after: Number?, _ now: Date) -> Date? {
        if let on { return Date(timeIntervalSince1970: on.value) }
        return after.map { now.addingTimeInterval($0.value) }
    }

    /// A number, or a text of one.
    private struct Number: Decodable {
        var value: Double

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let number = try? container.decode(Double.self) {
                value = number
            } else if let number = Double(try container.decode(String.self)) {
                value = number
            } else {
                throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a number")
            }
        }
    }

    /// A text; nil for any other JSON value.
    private struct Text: Decodable {
        var value: String?

        init(from decoder: any Decoder) throws { value = try? decoder.singleValueContainer().decode(String.self) }
    }
}
