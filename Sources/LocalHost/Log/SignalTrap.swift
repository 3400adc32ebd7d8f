import Foundation

/// Ctrl-C and `kill` as a stream, in place of the process's sudden end. Not SIGHUP: a closed terminal may end LocalHost
/// outright, the handler dies with it.
struct SignalTrap {
    let signals: AsyncStream<Int32>
    private let sources: [any DispatchSourceSignal]

    /// The signals' default actions are switched off for the rest of the process's life.
    init(_ numbers: [Int32] = [SIGINT, SIGTERM]) {
        let (signals, continuation) = AsyncStream.makeStream(of: Int32.self)
        self.signals = signals
        sources = numbers.map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler { continuation.yield(number) }
            source.resume()
            return source
        }
    }

    func cancel() {
        for source in sources { source.cancel() }
    }
}
