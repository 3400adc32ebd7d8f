package import Shop

/// What a run has cost, at the prices in force and before any free grant: measured use times a price.
package struct RunCost: Sendable, Equatable {
    /// Of instances, while they worked.
    package var memory: Double
    package var executions: Double
    /// The share of the database's monthly price for as long as connections to it were held.
    package var database: Double
    package var blobs: Double

    package var total: Double { memory + executions + database + blobs }

    /// 730 hours, as clouds count.
    static let monthSeconds = 730.0 * 3_600

    package init(_ usage: JobUsage, _ prices: PriceSettings) {
        let gbSecond = prices[.alwaysReady] > 0 ? prices[.readyGBSecond] : prices[.gbSecond]
        memory = usage.gbSeconds(prices) * gbSecond
        executions = Double(usage.executions) / 1e6 * prices[.millionExecutions]
        database = usage.databaseSeconds / Self.monthSeconds * prices[.database]
        blobs = Self.blobs(usage, prices)
    }

    static func blobs(_ usage: JobUsage, _ prices: PriceSettings) -> Double {
        (Double(usage.blobWrites) * prices[.blobWrites] + Double(usage.blobReads) * prices[.blobReads]) / 1e4
    }
}

extension JobUsage {
    /// Those of instances whose memory no setting says are counted with the assumed one.
    package func gbSeconds(_ prices: PriceSettings) -> Double { gbSeconds + unsizedSeconds * prices[.instanceGB] }
}
