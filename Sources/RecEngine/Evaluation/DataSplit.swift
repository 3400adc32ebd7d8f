/// What models are fitted on and what they are judged by: two logs over the same users and items.
///
/// Only a cut through time for everybody keeps the future out of the train part. Leave-last-out and random splits train
/// on what other users did later, so they are too kind and the order of models may change; they are here because
/// published figures use them (Sun, Zhang, Ma et al., TOIS 2023).
///
/// A figure that is reported comes from a split whose test part nobody looked at before. Searches for options use
/// ``tuning(fraction:)``, which is made of the train part alone.
public struct DataSplit: Sendable {
    /// How the rows were parted.
    public enum Method: Sendable, Equatable, Codable {
        /// Rows before the cut against the rest; the cut, in Unix seconds, is the time of row ⌊fraction · n⌋.
        case temporal(fraction: Double, cut: Double)
        /// Each user's last row against their others.
        case leaveLastOut
        /// A random share of each user's rows in train.
        case random(fraction: Double, seed: UInt64)
        /// Two logs parted by somebody else.
        case given
    }

    /// How the rows were parted.
    public let method: Method
    /// What may be learned from.
    public let train: InteractionLog
    /// What is to be foretold.
    public let test: InteractionLog

    /// The moment at which lists would be made, in Unix seconds, from which decay counts back: the cut of a temporal
    /// split, else the time of the newest train row; 0 when there is none.
    public var now: Double {
        if case .temporal(_, let cut) = method { return cut }
        guard let first = train.times.first else { return 0 }
        return train.times.reduce(first) { $1.isFinite ? max($0, $1) : $0 }
    }

    /// Whether train rows are later than test rows of other users, so that figures are too kind.
    public var trainsOnTheFuture: Bool {
        switch method {
        case .temporal: false
        case .leaveLastOut, .random: true
        case .given: (train.times.max() ?? -.infinity) > (test.times.min() ?? .infinity)
        }
    }

    init(method: Method, train: InteractionLog, test: InteractionLog) {
        self.method = method
        self.train = train
        self.test = test
    }
}

extension DataSplit: CustomStringConvertible {
    /// The method in words, with the sizes.
    public var description: String {
        let way =
            switch method {
            case .temporal(let fraction, let cut): "first \(fraction) of the rows by time, cut at \(cut)"
            case .leaveLastOut: "all but each user's last row"
            case .random(let fraction, let seed): "a random \(fraction) of each user's rows, seed \(seed)"
            case .given: "given"
            }
        let caveat = trainsOnTheFuture ? "; trains on the future" : ""
        return "train: \(way), \(train.count) rows; test: \(test.count) rows\(caveat)"
    }
}
