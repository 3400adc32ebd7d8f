import FoundationEssentials
package import Shop

/// What an import did, in numbers that reconcile: rows read = kept + left out + malformed, kept = added + already there.
package struct ImportResult: Sendable {
    /// The products file, when there is one.
    package var products: ImportSummary?
    package var interactions: ImportSummary
    package var load: BulkLoadSummary
}

/// Loads files into the shop in one transaction: an error leaves the database as it was, a second run adds nothing.
package struct ImportLoader: Sendable {
    private let bulk: BulkLoadRepository
    private let products: ProductRepository

    package init(bulk: BulkLoadRepository, products: ProductRepository) {
        self.bulk = bulk
        self.products = products
    }

    /// Hears about the load while it runs.
    package struct Listener {
        /// Called for each chunk and each step of the database.
        package var progress: (ImportProgress) -> Void
        /// Called for each line that cannot be read, with its file.
        package var malformed: (String, MalformedLine) -> Void

        package init(
            progress: @escaping (ImportProgress) -> Void,
            malformed: @escaping (String, MalformedLine) -> Void
        ) {
            self.progress = progress
            self.malformed = malformed
        }
    }

    /// Order lines in the columns of the UCI data; the catalogue is made of the lines themselves.
    /// - Parameters:
    ///   - stock: pieces on the shelf of each new product: the data does not say.
    ///   - strict: the first malformed line ends the import with nothing written.
    package func importOnlineRetail(
        _ source: any ByteSource,
        stock: Int32,
        strict: Bool,
        listener: Listener
    ) async throws -> ImportResult {
        var reader = try OnlineRetailReader(source)
        let load = try await bulk.load(defaults: .init(stock: stock), progress: { listener.hear($0) }) { session in
            try await session.stageInteractions {
                try Self.next(&reader, strict: strict, file: source.name, listener)
            }
            var catalogue: [CatalogueEntry]? = reader.products()
            try await session.stageProducts {
                defer { catalogue = nil }
                return catalogue
            }
        }
        try await summarise(listener)
        return ImportResult(products: nil, interactions: reader.summary, load: load)
    }

    /// The shop's own two files.
    /// - Parameters:
    ///   - stock: pieces on the shelf of each new product whose file does not say.
    ///   - strict: the first malformed line ends the import with nothing written.
    package func importShop(
        products productSource: any ByteSource,
        interactions interactionSource: any ByteSource,
        stock: Int32,
        strict: Bool,
        listener: Listener
    ) async throws -> ImportResult {
        var productReader = try ShopProductReader(productSource)
        var reader = try ShopInteractionReader(interactionSource)
        let load = try await bulk.load(defaults: .init(stock: stock), progress: { listener.hear($0) }) { session in
            try await session.stageProducts {
                guard let (products, malformed) = try productReader.next() else { return nil }
                try Self.report(malformed, strict: strict, file: productSource.name, listener)
                let fraction = productReader.fractionRead
                listener.progress(.reading(productSource.name, fraction, rows: productReader.summary.rowsRead))
                return products
            }
            try await session.stageInteractions {
                try Self.next(&reader, strict: strict, file: interactionSource.name, listener)
            }
        }
        try await summarise(listener)
        var summary = reader.summary
        summary.moveKept(to: .unknownProduct, count: load.unknownProducts)
        return ImportResult(products: productReader.summary, interactions: summary, load: load)
    }

    private func summarise(_ listener: Listener) async throws {
        listener.progress(.summaries)
        try await products.refreshSummaries()
    }

    private static func next(
        _ reader: inout some InteractionReader,
        strict: Bool,
        file: String,
        _ listener: Listener
    ) throws -> [NewInteraction]? {
        guard let batch = try reader.next() else { return nil }
        try report(batch.malformed, strict: strict, file: file, listener)
        listener.progress(.reading(file, reader.fractionRead, rows: reader.summary.rowsRead))
        return batch.interactions
    }

    private static func report(_ lines: [MalformedLine], strict: Bool, file: String, _ listener: Listener) throws {
        for line in lines {
            if strict { throw ImportError(.malformedLine, file: file, "\(line); nothing was written") }
            listener.malformed(file, line)
        }
    }
}

extension ImportLoader.Listener {
    fileprivate func hear(_ phase: BulkLoadPhase) {
        // Reading tells its own progress.
        if phase != .staging { progress(.loading(phase)) }
    }
}
