/// What a full run needs in memory, from counts that are known before it reads anything.
///
/// Measured as the highest resident size of whole runs, and rounded up: 1.5 to 1.8 GB with 200,000 users, 20,000 products and ten million
/// events, 0.2 GB with 4,300, 3,900 and 390,000 ([docs/scale.md](../../../docs/scale.md#memory)). A dense model of products by products
/// is not in it: it takes what is left, or a smaller model stands in for it.
package struct BatchMemory: Sendable, Equatable {
    package var users: Int
    package var products: Int
    package var events: Int

    package init(users: Int, products: Int, events: Int) {
        self.users = users
        self.products = products
        self.events = events
    }

    /// Bytes: the program with its connections and buffers; an event in columns, profiles, meetings and the sorts between them; a user
    /// in indices and digests; a product with its neighbours of three models and its texts.
    package var bytes: Int { (140 << 20) + 140 * events + 500 * users + 8_000 * products }

    /// - Throws: `BatchError` when an instance has less.
    func check(limit: Int) throws {
        guard bytes > limit else { return }
        throw BatchError(
            "a run over \(events) events of \(users) customers and \(products) products needs about \(bytes >> 20) MB, this instance "
                + "has \(limit >> 20) MB: give it more memory (INSTANCE_MEMORY_MB, where it is set, says how much it has)"
        )
    }
}
