import RealModule

/// How much more an item is in demand now than a model's history says: one factor an item.
///
/// Models learn from months; what a shop sells changes within days, with seasons, prices and what runs out. Per item,
/// with w the weights of its interactions and a their ages,
///
///     T = Σ w · 2^(−a / recentHalfLife)      H = Σ w · 2^(−a / longHalfLife)
///     ratio = (T + κ) / (H · ΣT / ΣH + κ)
///
/// It is the posterior mean of a ratio of two Poisson rates under a Gamma(κ, κ) prior (as in Gelman et al., "Bayesian
/// data analysis", chapter 2): 1 is as before, and an item without recent interactions falls towards 0 as its history
/// grows, but never to 0. Weights at or below 0 count nothing.
public struct DemandRatio: Sendable, Equatable {
    /// How the ratio is taken.
    public struct Options: Sendable, Equatable, Codable {
        /// Half-life in seconds of what is demand now.
        public var recentHalfLife: Double
        /// Half-life in seconds of what was demand before: about as far back as the model looks.
        public var longHalfLife: Double
        /// κ: so many interactions of the usual demand are taken as seen. More keeps ratios nearer to 1.
        public var prior: Double
        /// The power of the ratio by which the scores of a person with a long history are multiplied.
        public var strength: Float
        /// h: a history of n items takes the ratio to the power of strength · n / (n + h). Who has met little is told apart by
        /// that little, and demand would drown it. 0 is the same power for everyone.
        public var historyPrior: Float
        /// Half-life in seconds of the power: lists that a model makes so long after its fit take the ratio to half the power,
        /// because what was in demand then says ever less. Nil for a power that stays.
        public var ageHalfLife: Double?

        /// Options. The defaults were chosen on a year of a real gift shop's orders (UCI Online Retail), on eight cuts of its
        /// spring and summer, each judged by the four weeks after it; on the eight cuts after these they were better than
        /// half-lives of 10 days and a prior of 2 for everyone alike. The half-life of age was chosen there too, on 56 pairs of a
        /// cut and an age of the model up to 16 weeks that end before August: 45 and 90 days are as good. docs/models.md has the
        /// figures.
        public init(
            recentHalfLife: Double = 7 * 86_400,
            longHalfLife: Double = 90 * 86_400,
            prior: Double = 0.5,
            strength: Float = 1.25,
            historyPrior: Float = 5,
            ageHalfLife: Double? = 60 * 86_400
        ) {
            self.recentHalfLife = recentHalfLife
            self.longHalfLife = longHalfLife
            self.prior = prior
            self.strength = strength
            self.historyPrior = historyPrior
            self.ageHalfLife = ageHalfLife
            requireValid()
        }

        /// Reads options; those from before histories counted multiply everyone's scores by the ratio itself, those from before
        /// age counted do so at any age.
        public init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            recentHalfLife = try values.decode(Double.self, forKey: .recentHalfLife)
            longHalfLife = try values.decode(Double.self, forKey: .longHalfLife)
            prior = try values.decode(Double.self, forKey: .prior)
            strength = try values.decodeIfPresent(Float.self, forKey: .strength) ?? 1
            historyPrior = try values.decodeIfPresent(Float.self, forKey: .historyPrior) ?? 0
            ageHalfLife = try values.decodeIfPresent(Double.self, forKey: .ageHalfLife)
        }

        /// The power of the ratio for a history of so many items.
        func power(historyOf count: Int) -> Float {
            historyPrior > 0 ? strength * Float(count) / (Float(count) + historyPrior) : strength
        }

        /// What powers are multiplied by so many seconds after the fit: 1 down to 0.
        func remainder(after age: Double) -> Float {
            guard let ageHalfLife, age > 0 else { return 1 }
            return Float(Double.exp2(-age / ageHalfLife))
        }
    }

    /// How the ratio was taken.
    public let options: Options
    /// The factor of each item, above 0.
    public let ratios: [Float]

    /// Takes the ratios of a log as of `now`, in Unix seconds; interactions later than that count in full. A log without
    /// a positive weight gives ratios of 1. Cost: O(rows).
    /// - Throws: ``FitError`` for a weight or time that is not finite, with the row of the log.
    public static func fit(
        _ log: InteractionLog,
        now: Double,
        options: Options = Options()
    ) throws(FitError) -> DemandRatio {
        var recent = [Double](repeating: 0, count: log.itemCount)
        var long = [Double](repeating: 0, count: log.itemCount)
        for row in 0..<log.count {
            let (weight, time) = (Double(log.weights[row]), log.times[row])
            guard weight.isFinite, time.isFinite else { throw .nonFinite(row: row) }
            guard weight > 0 else { continue }
            let age = max(0, now - time)
            recent[Int(log.items[row])] += weight * Double.exp2(-age / options.recentHalfLife)
            long[Int(log.items[row])] += weight * Double.exp2(-age / options.longHalfLife)
        }
        let sums = (recent: recent.reduce(0, +), long: long.reduce(0, +))
        let scale = sums.long > 0 ? sums.recent / sums.long : 0
        let ratios = zip(recent, long).map { recent, long in
            Float((recent + options.prior) / (long * scale + options.prior))
        }
        return DemandRatio(options: options, ratios: ratios)
    }
}
