import Testing

@testable import Postgres

@Suite("ConnectBreaker: no storm of connects to a server that is down")
struct ConnectBreakerTests {
    private let start = ContinuousClock.now
    private let down = PostgresError(.connection, "connection refused")

    private func mayGo(_ breaker: inout ConnectBreaker, at offset: Duration) -> Bool {
        (try? breaker.permit(now: start + offset)) != nil
    }

    @Test("while nothing has failed everybody may connect")
    func closedBreaker() {
        var breaker = ConnectBreaker()
        for _ in 0..<10 { #expect(mayGo(&breaker, at: .zero) == true) }
    }

    @Test("after a failure connects are refused for the back-off, then one at a time may try")
    func opensAndProbes() {
        var breaker = ConnectBreaker()
        #expect(mayGo(&breaker, at: .zero) == true)
        breaker.failed(down, now: start)
        #expect(mayGo(&breaker, at: .milliseconds(49)) == false)
        #expect(mayGo(&breaker, at: .milliseconds(50)) == true)
        #expect(mayGo(&breaker, at: .milliseconds(50)) == false, "one attempt at a time")
        breaker.succeeded()
        #expect(mayGo(&breaker, at: .milliseconds(51)) == true)
        #expect(mayGo(&breaker, at: .milliseconds(51)) == true)
    }

    @Test("the back-off doubles up to half a second, so recovery is noticed within a second")
    func backoffIsBounded() {
        var breaker = ConnectBreaker()
        var clock: Duration = .zero
        for expected in [50, 100, 200, 400, 500, 500, 500] {
            breaker.failed(down, now: start + clock)
            #expect(mayGo(&breaker, at: clock + .milliseconds(expected - 1)) == false)
            clock += .milliseconds(expected)
            #expect(mayGo(&breaker, at: clock) == true)
        }
    }

    @Test("failures of attempts that began before the breaker opened do not lengthen the back-off")
    func simultaneousFailuresCountOnce() {
        var breaker = ConnectBreaker()
        for _ in 0..<5 { breaker.failed(down, now: start) }
        #expect(mayGo(&breaker, at: .milliseconds(50)) == true)
    }

    @Test("an attempt that was given up leaves the turn to the next caller")
    func abandonedProbe() {
        var breaker = ConnectBreaker()
        breaker.failed(down, now: start)
        #expect(mayGo(&breaker, at: .milliseconds(50)) == true)
        breaker.abandoned()
        #expect(mayGo(&breaker, at: .milliseconds(50)) == true)
    }

    @Test("a refusal repeats why the last attempt failed and what may be done")
    func refusalNamesTheReason() throws {
        let breaker = SharedConnectBreaker()
        breaker.failed(PostgresError(.server(.invalidPassword), "password authentication failed"))
        let error = #expect(throws: PostgresError.self) { try breaker.permit() }
        #expect(error?.code == .server(.invalidPassword))
        #expect(error?.kind == .fatal, "a wrong password does not get better by waiting")
        #expect(error?.message.contains("password authentication failed") == true)
    }
}
