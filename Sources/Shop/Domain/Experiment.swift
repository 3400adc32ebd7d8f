package import FoundationEssentials

/// A comparison of two ways to recommend, on the shop's own customers.
package struct Experiment: Sendable, Equatable {
    /// Drafts can be changed into running ones; what has ended is never started again, because its users were told apart already.
    package enum Status: String, Sendable, CaseIterable {
        case draft, running, stopped, concluded, archived

        /// What an experiment of this status can become.
        package var successors: [Status] {
            switch self {
            case .draft: [.running, .archived]
            case .running: [.stopped, .concluded]
            case .stopped: [.concluded, .archived]
            case .concluded: [.archived]
            case .archived: []
            }
        }
    }

    package enum Kind: String, Sendable, CaseIterable {
        /// Each user sees the lists of one arm.
        case ab
        /// Each user sees one list made of both arms' (team draft).
        case interleaving
    }

    /// What the decision is by.
    package enum Metric: String, Sendable, CaseIterable {
        /// Clicks over impressions.
        case clickThrough = "click_through"
        /// Users who put something into the cart, over users.
        case addToCart = "add_to_cart"
        /// Users who bought something, over users.
        case conversion
        /// Amount bought, over users.
        case revenue
    }

    package struct Arm: Sendable, Equatable {
        /// Short, in the form of a variant's name.
        package var name: String
        /// Of the users; the shares of both arms sum to 1. Interleaving knows no shares.
        package var share: Double
        /// A `recommender` document; nil for the shop's own settings, whose lists are everybody's.
        package var configurationJSON: String?

        package init(name: String, share: Double, configurationJSON: String?) {
            (self.name, self.share, self.configurationJSON) = (name, share, configurationJSON)
        }
    }

    package var id: Int64
    package var name: String
    package var status: Status
    package var kind: Kind
    /// Two, the control first.
    package var arms: [Arm]
    /// Of the hash that decides a user's arm.
    package var salt: String
    package var metric: Metric
    /// What a user does counts for so many days after the first answer.
    package var windowDays: Int
    /// About how many users it was planned for.
    package var plannedUsers: Int64
    /// The name of the arm that won; nil unless concluded.
    package var winner: String?
    /// What was learned, in words.
    package var conclusion: String?
    package var createdAt: Date
    package var startedAt: Date?
    package var endedAt: Date?
    /// One more with each change.
    package var version: Int64

    package init(
        id: Int64,
        name: String,
        status: Status,
        kind: Kind,
        arms: [Arm],
        salt: String,
        metric: Metric,
        windowDays: Int,
        plannedUsers: Int64,
        winner: String?,
        conclusion: String?,
        createdAt: Date,
        startedAt: Date?,
        endedAt: Date?,
        version: Int64
    ) {
        self.id = id
        self.name = name
        self.status = status
        self.kind = kind
        self.arms = arms
        self.salt = salt
        self.metric = metric
        self.windowDays = windowDays
        self.plannedUsers = plannedUsers
        self.winner = winner
        self.conclusion = conclusion
        self.createdAt = createdAt
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.version = version
    }
    /// What each arm's users are served by.
    package var variants: [Variant] {
        arms.indices.map { arms[$0].configurationJSON == nil ? .default : .arm($0, of: id) }
    }
}

/// An experiment to create.
package struct NewExperiment: Sendable, Equatable {
    package var name: String
    package var kind: Experiment.Kind
    package var arms: [Experiment.Arm]
    package var metric: Experiment.Metric
    package var windowDays: Int
    package var plannedUsers: Int64

    package init(
        name: String,
        kind: Experiment.Kind,
        arms: [Experiment.Arm],
        metric: Experiment.Metric,
        windowDays: Int,
        plannedUsers: Int64
    ) {
        (self.name, self.kind, self.arms, self.metric) = (name, kind, arms, metric)
        (self.windowDays, self.plannedUsers) = (windowDays, plannedUsers)
    }
}

/// The running experiment with what is live of it.
package struct RunningExperiment: Sendable, Equatable {
    package var experiment: Experiment
    /// Whether every arm has lists: until then everybody is served as without it, and nobody is counted.
    package var isReady: Bool
}

/// Where what an event follows from came from, as its signed `request_id` says.
package struct ShownBy: Sendable, Equatable {
    /// Of the stored list; 0 for one made on demand.
    package var generation: Int64
    /// The experiment and the index of its arm.
    package var experiment: (id: Int64, arm: Int)?

    package init(generation: Int64, experiment: (id: Int64, arm: Int)? = nil) {
        (self.generation, self.experiment) = (generation, experiment)
    }

    package static func == (left: ShownBy, right: ShownBy) -> Bool {
        left.generation == right.generation && left.experiment?.id == right.experiment?.id
            && left.experiment?.arm == right.experiment?.arm
    }
}

extension Variant {
    /// The arm of an experiment: `x7-b`.
    static func arm(_ index: Int, of experiment: Int64) -> Variant {
        Variant("x\(experiment)-\(index == 0 ? "a" : "b")") ?? .default
    }
}
