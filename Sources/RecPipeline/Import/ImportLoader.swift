import FoundationEssentials
package import Shop

/// What an import did, in numbers that reconcile: rows read = kept + left out + malformed, kept = added + already there.
package struct ImportResult: Sendable {
    /// The products file, when there is one.
    package var products: ImportSummary?
    /// The users file, when there is one.
    package var users: ImportSummary?
    package var interactions: ImportSummary
    package var load: BulkLoadSummary
}

/// An import that would keep less than half of a file, which usually means the wrong file or format. Nothing was written.
package struct TooLittleKept: Error, CustomStringConvertible {
    /// What would have been loaded.
    package let result: ImportResult
    package let description: String
}

/// How far an import is.
package enum ImportProgress: Sendable, Equatable {
    /// A file is read: how much of it, 0…1 (nil when its length is not known), and how many rows so far.
    case reading(String, Double?, rows: Int)
    /// The database brings its rows into the shop's tables.
    case loading(BulkLoadPhase)
    /// Purchase counts and ratings of products are brought up to date.
    case summaries
}

/// Loads files into the shop in one transaction: an error leaves the database as it was, a second run adds nothing.
package struct ImportLoader: Sendable {
    private let bulk: BulkLoadRepository
    private let products: ProductRepository
    private let options: Options

    /// How a load treats what its files leave open.
    package struct Options: Sendable {
        /// Pieces in stock of each new product whose source does not say.
        package var stock: Int32 = 100
        /// The first malformed line ends the import with nothing written.
        package var isStrict = false
        /// A file of which less than half can be kept is loaded all the same.
        package var acceptsAnyShare = false

        package init() {}
    }

    package init(bulk: BulkLoadRepository, products: ProductRepository, options: Options = Options()) {
        self.bulk = bulk
        self.products = products
        self.options = options
    }

    /// Callbacks during a load.
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
    /// - Throws: ``TooLittleKept``, ``ImportError``, or what the database answers; nothing is written then.
    package func importOnlineRetail(_ source: any ByteSource, listener: Listener) async throws -> ImportResult {
        var reader = try OnlineRetailReader(source)
        return try await load(listener) { session in
            try await session.stageInteractions { try next(&reader, listener) }
            var catalogue: [CatalogueEntry]? = reader.products()
            try await session.stageProducts {
                defer { catalogue = nil }
                return catalogue
            }
        } result: { load in
            let result = ImportResult(interactions: reader.summary, load: load)
            guard reader.summary.rowsRead > 0 else {
                throw TooLittleKept(result: result, description: "\(source.name): holds no line but its header")
            }
            return result
        }
    }

    /// The shop's own files, as a data set has them.
    /// - Throws: ``TooLittleKept``, ``ImportError``, or what the database answers; nothing is written then.
    package func importShop(
        products productSource: any ByteSource,
        users userSource: (any ByteSource)? = nil,
        interactions interactionSource: any ByteSource,
        listener: Listener
    ) async throws -> ImportResult {
        var productReader = try ShopProductReader(productSource)
        var userReader: ShopUserReader?
        if let userSource { userReader = try ShopUserReader(userSource) }
        var reader = try ShopInteractionReader(interactionSource)
        return try await load(listener) { session in
            try await session.stageProducts { try next(&productReader, listener) }
            if var users = userReader {
                try await session.stageUsers { try next(&users, listener) }
                userReader = users
            }
            try await session.stageInteractions { try next(&reader, listener) }
        } result: { load in
            var events = reader.summary
            events.moveKept(to: .unknownProduct, count: load.unknownProducts, examples: load.unknownProductExamples)
            return ImportResult(
                products: productReader.summary,
                users: userReader?.summary,
                interactions: events,
                load: load
            )
        }
    }

    private func load(
        _ listener: Listener,
        _ stage: (BulkLoadSession) async throws -> Void,
        result: (BulkLoadSummary) throws -> ImportResult
    ) async throws -> ImportResult {
        let summary = try await bulk.load(
            defaults: .init(stock: options.stock),
            progress: { phase in
                // Reading reports its own progress.
                if phase != .staging { listener.progress(.loading(phase)) }
            },
            accept: { summary in
                let result = try result(summary)
                let files = [result.products, result.users, result.interactions].compactMap(\.self)
                guard !options.acceptsAnyShare, let file = files.first(where: \.keepsTooLittle) else { return }
                throw TooLittleKept(result: result, description: Self.reason(file))
            },
            stage
        )
        listener.progress(.summaries)
        try await products.refreshSummaries()
        return try result(summary)
    }

    private static func reason(_ summary: ImportSummary) -> String {
        var parts = LeftOutReason.allCases.compactMap { reason in
            summary.leftOut[reason].map { "\($0) left out (\(reason.label))" }
        }
        if summary.malformed > 0 { parts.append("\(summary.malformed) malformed") }
        return """
            \(summary.file): \(summary.kept) of \(summary.rowsRead) lines can be kept, less than half: \
            \(parts.joined(separator: ", ")); nothing was written
            """
    }

    private func next<Format>(
        _ reader: inout RecordReader<Format>,
        _ listener: Listener
    ) throws -> [Format.Value]? {
        guard let batch = try reader.next() else { return nil }
        for line in batch.malformed {
            if options.isStrict { throw ImportError(.malformedLine, file: reader.name, "\(line); nothing was written") }
            listener.malformed(reader.name, line)
        }
        listener.progress(.reading(reader.name, reader.fractionRead, rows: reader.summary.rowsRead))
        return batch.kept
    }
}
