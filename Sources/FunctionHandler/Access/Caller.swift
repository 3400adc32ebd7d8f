/// Who a request comes from, as far as it proves it.
enum Caller: Sendable, Equatable {
    case anonymous
    /// The external id of a shop user.
    case user(String)
    case admin
    /// The Functions host.
    case host
}
