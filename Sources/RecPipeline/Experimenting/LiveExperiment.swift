import Experiments
package import Shop
import Synchronization

/// The running experiment as requests see it: what each arm is served by, and who is in which.
package final class ServedExperiment: Sendable {
    package let experiment: Experiment
    private let assignment: Assignment
    /// By arm.
    let variants: [Variant]
    /// By arm; nil where the shop's own settings hold.
    let settings: [LiveSettings.Current?]

    /// - Throws: what is wrong with the settings of an arm.
    package init(_ experiment: Experiment) throws {
        self.experiment = experiment
        assignment = Assignment(salt: experiment.salt, shares: experiment.arms.map(\.share))
        variants = experiment.variants
        settings = try experiment.arms.enumerated().map { index, arm in
            // Settings of an arm never change. Their version is one that no stored document has.
            try arm.configurationJSON.map {
                LiveSettings.Current(
                    settings: try RecommenderSettings(json: $0),
                    version: -(2 * experiment.id + Int64(index))
                )
            }
        }
    }

    /// The index of a user's arm.
    package func arm(of userID: String) -> Int { assignment.arm(of: userID) }

    /// Decides which team goes first in each round of a user's interleaved list: the same while both generations are live.
    func seed(of userID: String, _ generations: Int64) -> UInt64 {
        assignment.number(of: userID) ^ SplitMix64.mixed(UInt64(bitPattern: generations))
    }
}

/// The experiment that requests follow, read from the database at most once a second.
package final class LiveExperiment: Sendable {
    private struct State {
        var current: ServedExperiment?
        var checkedAt: ContinuousClock.Instant?
    }

    private let experiments: ExperimentRepository
    private let checkInterval: Duration
    private let state = Mutex(State())

    package init(experiments: ExperimentRepository, checkInterval: Duration = .seconds(1)) {
        self.experiments = experiments
        self.checkInterval = checkInterval
    }

    /// What runs and has lists for every arm; nil when nothing does. While the database does not answer, the last one stays.
    /// Cost: a lock; for one request a second a read.
    package func current() async -> ServedExperiment? {
        let (known, isDue) = state.withLock { state in
            let now = ContinuousClock.now
            let isDue = state.checkedAt.map { now - $0 >= checkInterval } ?? true
            if isDue { state.checkedAt = now }
            return (state.current, isDue)
        }
        guard isDue else { return known }
        let current: ServedExperiment?
        do {
            let found = try await experiments.running().flatMap { $0.isReady ? $0.experiment : nil }
            if let known, found == known.experiment { return known }
            current = try found.map(ServedExperiment.init)
        } catch {
            return known
        }
        state.withLock { $0.current = current }
        return current
    }
}

/// By which part of an experiment an answer was made.
package struct AnswerOrigin: Sendable, Equatable {
    package var experimentID: Int64
    /// Index and name of the arm; of an interleaved list, of the control.
    package var arm: Int
    package var armName: String
    /// Of an interleaved list: for each item whether the second arm brought it.
    package var teams: [Bool]?

    package init(experimentID: Int64, arm: Int, armName: String, teams: [Bool]? = nil) {
        (self.experimentID, self.arm, self.armName, self.teams) = (experimentID, arm, armName, teams)
    }
}
