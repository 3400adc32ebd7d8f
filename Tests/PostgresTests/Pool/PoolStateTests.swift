import Testing

@testable import Postgres

@Suite("PoolState: who holds which connection and who waits")
struct PoolStateTests {
    private let now = ContinuousClock.now
    private var later: ContinuousClock.Instant { now + .seconds(2) }

    @Test("slots are made when first needed and reused last in, first out")
    func slotsAreReused() {
        var pool = PoolState(maximumConnections: 3, maximumWaiters: 10)
        #expect(pool.lease(1, deadline: later) == .slot(0))
        #expect(pool.lease(2, deadline: later) == .slot(1))
        #expect(pool.release(0, now: now) == .idle)
        #expect(pool.release(1, now: now) == .idle)
        #expect(pool.lease(3, deadline: later) == .slot(1), "the connection used last is the warmest")
        #expect(pool.lease(4, deadline: later) == .slot(0))
        #expect(pool.lease(5, deadline: later) == .slot(2))
        #expect(pool.leasedCount == 3)
    }

    @Test("a full pool queues callers and serves them in order of arrival")
    func waitersAreServedInOrder() {
        var pool = PoolState(maximumConnections: 1, maximumWaiters: 10)
        #expect(pool.lease(1, deadline: later) == .slot(0))
        #expect(pool.lease(2, deadline: later) == .wait)
        #expect(pool.lease(3, deadline: later) == .wait)
        #expect(pool.release(0, now: now) == .handOver(2))
        #expect(pool.release(0, now: now) == .handOver(3))
        #expect(pool.release(0, now: now) == .idle)
    }

    @Test("one waiter too many is refused at once")
    func waitersAreBounded() {
        var pool = PoolState(maximumConnections: 1, maximumWaiters: 1)
        #expect(pool.lease(1, deadline: later) == .slot(0))
        #expect(pool.lease(2, deadline: later) == .wait)
        #expect(pool.lease(3, deadline: later) == .exhausted)
        #expect(pool.waitingCount == 1)
    }

    @Test("waiters whose deadline has passed are expired, not served")
    func deadlinesExpire() {
        var pool = PoolState(maximumConnections: 1, maximumWaiters: 10)
        #expect(pool.lease(1, deadline: later) == .slot(0))
        #expect(pool.lease(2, deadline: now + .seconds(1)) == .wait)
        #expect(pool.lease(3, deadline: now + .seconds(3)) == .wait)
        #expect(pool.expire(now: now + .milliseconds(999)) == [])
        #expect(pool.expire(now: now + .seconds(1)) == [2])
        #expect(pool.release(0, now: now + .seconds(1)) == .handOver(3))
    }

    @Test("a release after the deadline leaves the expired waiter to expire and keeps the slot")
    func lateReleaseDoesNotServeTheExpired() {
        var pool = PoolState(maximumConnections: 1, maximumWaiters: 10)
        #expect(pool.lease(1, deadline: later) == .slot(0))
        #expect(pool.lease(2, deadline: now + .seconds(1)) == .wait)
        #expect(pool.release(0, now: now + .seconds(2)) == .idle)
        #expect(pool.expire(now: now + .seconds(2)) == [2])
        #expect(pool.lease(3, deadline: later) == .slot(0))
    }

    @Test("a waiter that gave up is skipped, and giving up after the hand-over is refused")
    func abandonedWaitersAreSkipped() {
        var pool = PoolState(maximumConnections: 1, maximumWaiters: 10)
        #expect(pool.lease(1, deadline: later) == .slot(0))
        #expect(pool.lease(2, deadline: later) == .wait)
        #expect(pool.lease(3, deadline: later) == .wait)
        #expect(pool.abandon(2) == true)
        #expect(pool.waitingCount == 1)
        #expect(pool.release(0, now: now) == .handOver(3))
        #expect(pool.abandon(3) == false)
    }

    @Test("an expired waiter behind which another one waits does not hold that one up")
    func expiredHeadDoesNotBlock() {
        var pool = PoolState(maximumConnections: 1, maximumWaiters: 10)
        #expect(pool.lease(1, deadline: later) == .slot(0))
        #expect(pool.lease(2, deadline: now + .seconds(1)) == .wait)
        #expect(pool.lease(3, deadline: now + .seconds(9)) == .wait)
        // The expiry timer has not run yet, but the slot must reach whoever still waits.
        let release = pool.release(0, now: now + .seconds(2))
        #expect(release == .handOver(3))
        #expect(pool.expire(now: now + .seconds(2)) == [2])
    }

    @Test("closing tells the waiters, hands out the idle slots and refuses everything after")
    func closing() {
        var pool = PoolState(maximumConnections: 2, maximumWaiters: 10)
        #expect(pool.lease(1, deadline: later) == .slot(0))
        #expect(pool.lease(2, deadline: later) == .slot(1))
        #expect(pool.lease(3, deadline: later) == .wait)
        let (waiters, idle) = pool.close()
        #expect(waiters == [3])
        #expect(idle == [])
        #expect(pool.lease(4, deadline: later) == .closed)
        #expect(pool.release(0, now: now) == .close)
        #expect(pool.leasedCount == 1)
    }

    @Test("no slot is lost or lent twice in a thousand random steps", arguments: [1 as UInt64, 2, 3])
    func randomSteps(seed: UInt64) {
        var random = SplitMix(state: seed)
        var pool = PoolState(maximumConnections: 3, maximumWaiters: 4)
        var held: Set<Int> = []
        var waiting: Set<UInt64> = []
        var clock = now
        for ticket in 1...1000 as ClosedRange<UInt64> {
            clock += .milliseconds(Int(random.next() % 50))
            switch random.next() % 4 {
            case 0, 1:
                switch pool.lease(ticket, deadline: clock + .milliseconds(100)) {
                case .slot(let slot): #expect(held.insert(slot).inserted, "seed \(seed): slot \(slot) lent twice")
                case .wait: waiting.insert(ticket)
                case .exhausted: #expect(pool.waitingCount == 4)
                case .closed: Issue.record("the pool is open")
                }
            case 2:
                guard let slot = held.randomElement(using: &random) else { continue }
                switch pool.release(slot, now: clock) {
                case .handOver(let heir): #expect(waiting.remove(heir) != nil)
                case .idle: held.remove(slot)
                case .close: Issue.record("the pool is open")
                }
            default:
                for expired in pool.expire(now: clock) { #expect(waiting.remove(expired) != nil) }
            }
            #expect(pool.leasedCount == held.count && pool.waitingCount <= waiting.count, "seed \(seed)")
        }
    }
}

/// A small seeded generator (splitmix64).
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
