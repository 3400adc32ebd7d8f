import NIOCore

/// Runs a connection's tasks on the event loop that owns the connection.
///
/// Without it each request hops from the loop's thread to the cooperative pool and back; on two cores those wake-ups cost
/// more than the request. Work that blocks or computes for long belongs on other threads in either case.
final class EventLoopTaskExecutor: TaskExecutor {
    private let eventLoop: any EventLoop

    init(_ eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        eventLoop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
