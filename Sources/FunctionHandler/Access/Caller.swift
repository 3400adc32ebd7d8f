import HTTPTypes

/// Who a request comes from, as far as it proves it.
struct Caller: Sendable, Equatable {
    /// The external id of a shop user.
    var userID: String?
    var isAdmin = false
    /// Demo mode: anyone may act as any shop user.
    var mayActAsAnyone = false
    /// When the credential ends, in seconds since 1970.
    var expires: Int64?

    static let anonymous = Caller()
    static let admin = Caller(isAdmin: true, mayActAsAnyone: true)

    /// Whether the caller may read and write what is this user's.
    func mayAct(as user: String) -> Bool { mayActAsAnyone || isAdmin || user == userID }

    /// - Throws: 401 for nobody in particular, 403 for another user; neither says whether the user exists.
    func check(actsAs user: String) throws(Problem) {
        guard !mayAct(as: user) else { return }
        throw userID == nil ? .signInRequired : .notYours
    }
}

extension Problem {
    static let signInRequired = Problem(.unauthorized, "sign-in-required", "Sign in first").saying(
        "send a valid token in Authorization: Bearer or X-Shop-Token",
        headers: [.wwwAuthenticate: "Bearer realm=\"shop\""]
    )

    static let notYours = Problem(.forbidden, "not-yours", "Not yours")
        .saying("a user reads and writes only what is theirs")
}
