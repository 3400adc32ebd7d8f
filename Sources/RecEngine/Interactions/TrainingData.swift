/// Everything a model may be fitted on. Each model takes what it needs; the parts agree on users and items.
public struct TrainingData: Sendable {
    /// Interactions one by one, for models that count time or orders; their weights are in units of ``weightUnit``.
    public let log: InteractionLog
    /// One profile a user, made of the log.
    public let profiles: ProfileTable
    /// Users × items with the sums of weights, made of the log.
    public let matrix: CSRMatrix
    /// When the data ends, in Unix seconds: decay counts back from here.
    public let now: Double
    /// What the log's weights were divided by: the weight of its strongest ordinary events, 1 in a shop with purchases.
    public let weightUnit: Float
    /// Features of the items; nil where only interactions are known.
    public let features: ProductFeatures?

    /// Takes a log, in whatever unit its weights are, and what is known of its items. `now` left out is the time of the
    /// newest row.
    public init(log: InteractionLog, features: ProductFeatures? = nil, now: Double? = nil) {
        precondition(features.map { $0.itemCount == log.itemCount } ?? true, "log and features differ in items")
        let unit = WeightUnit.of(log.weights)
        let log = unit == 1 ? log : log.dividingWeights(by: unit)
        weightUnit = unit
        self.log = log
        self.features = features
        self.profiles = ProfileTable(log)
        self.matrix = profiles.matrix()
        self.now = now ?? log.times.reduce(0) { $1.isFinite ? max($0, $1) : $0 }
    }
}
