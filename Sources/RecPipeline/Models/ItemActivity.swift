package import RecEngine

/// How much the fit knew of each item: what makes a product too new for a model.
package struct ItemActivity: Sendable, Equatable {
    /// Customers who met the item in any way.
    package let customers: [Int32]
    /// When it was first met, in Unix seconds; infinity for never.
    package let firstMet: [Double]

    package var itemCount: Int { customers.count }

    /// Of the data of a fit. Cost: O(log rows + pairs of customer and item).
    package init(_ data: TrainingData) { self.init(data.log, itemsOfCustomers: data.matrix.indices) }

    /// Of a data set. Cost as above.
    package init(_ dataset: Dataset) {
        self.init(dataset.log, itemsOfCustomers: dataset.meetings.entries.lazy.map(\.item))
    }

    private init(_ log: InteractionLog, itemsOfCustomers items: some Sequence<Int32>) {
        customers = items.reduce(into: [Int32](repeating: 0, count: log.itemCount)) { $0[Int($1)] += 1 }
        firstMet = zip(log.items, log.times).reduce(into: [Double](repeating: .infinity, count: log.itemCount)) {
            $0[Int($1.0)] = min($0[Int($1.0)], $1.1)
        }
    }

    package func archive() -> NPZArchive {
        NPZArchive([NPYArray(name: "customers", customers), NPYArray(name: "first_met", firstMet)])
    }

    /// Restores what ``archive()`` made.
    package init(archive: NPZArchive) throws {
        customers = try archive.int32s("customers")
        firstMet = try archive.doubles("first_met")
        guard firstMet.count == customers.count else {
            throw ModelArtifactError(path: "first_met", reason: "must be one number an item")
        }
    }
}
