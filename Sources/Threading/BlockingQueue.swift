import DequeModule
import Glibc

/// A queue that threads (never tasks) wait on: any thread pushes, worker threads pop and sleep while it is empty.
///
/// Unchecked because the compiler cannot see the lock. Invariant: `elements`, `waiting` and `isClosed` are touched
/// only while `mutex` is held; the two pointers are allocated once in `init` and freed in `deinit`.
package final class BlockingQueue<Element: Sendable>: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var elements = Deque<Element>()
    private var waiting = 0
    private var isClosed = false

    /// An empty, open queue.
    package init() {
        mutex.initialize(to: pthread_mutex_t())
        condition.initialize(to: pthread_cond_t())
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, nil)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    /// Adds an element and wakes a sleeping worker if there is one. Returns false, without adding, once closed.
    package func push(_ element: Element) -> Bool {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        guard !isClosed else { return false }
        elements.append(element)
        if waiting > 0 { pthread_cond_signal(condition) }
        return true
    }

    /// Takes the oldest element, blocking the calling thread while there is none. Nil once closed and empty.
    package func pop() -> Element? {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while true {
            if let element = elements.popFirst() { return element }
            if isClosed { return nil }
            waiting += 1
            pthread_cond_wait(condition, mutex)
            waiting -= 1
        }
    }

    /// Refuses further elements; workers drain what is queued and then get nil.
    package func close() {
        pthread_mutex_lock(mutex)
        isClosed = true
        pthread_cond_broadcast(condition)
        pthread_mutex_unlock(mutex)
    }
}
