/// How a batch works. Defaults suit a small shop on a small database.
package struct BatchOptions: Sendable {
    /// Users a chunk, one transaction each: 1,000 lists are about 1 MB.
    package var chunkSize = 1_000
    /// Users above which a timer's run hands its chunks over to queue invocations.
    package var distributedAbove = 50_000
    /// Queue invocations that it calls at once.
    package var maxScorers = 8
    /// A handed-over job without a chunk done or claimed for so long is scored by the tick itself: no message was delivered.
    package var scoringPatience: Duration = .seconds(600)
    /// Events above which an invocation answers when the lists are live, and housekeeping goes on after it: a data set of ten
    /// million events takes about a minute.
    package var awaitedHousekeeping = 1_000_000
    /// Retired generations that are kept for rollback.
    package var keptGenerations = 3
    /// Length of the leases of a job and of housekeeping; renewed at a third.
    package var leaseDuration: Duration = .seconds(60)
    /// Models whose files are kept besides those that something needs.
    package var keptModels = 5
    /// Data sets kept; 0 writes none.
    package var keptSnapshots = 3
    /// Jobs whose manifests are kept, so that their lists can be made again.
    package var keptReports = 50
    /// Customers that a run of `active_users` takes; the next tick takes the others.
    package var activeUsersLimit = 500
    /// Who did something within this time is an active customer.
    package var activeWithin: Duration = .seconds(21_600)
    /// Days that jobs which refreshed lists are kept; there can be one a minute.
    package var keptRefreshDays = 3
    /// Interval of full runs unless the schedule row says otherwise.
    package var intervalSeconds = 21_600
    /// How long a holder that is interrupted tries to give its lease back: a restarted database answers again within
    /// seconds, and a stopping process has no more.
    package var giveBackLimit: Duration = .seconds(3)
    /// How long a job waits for a transaction that writes interactions before it leaves the data cut to the next tick.
    package var dataCutLimit: Duration = .seconds(12)
    /// How long readers' transactions may delay the removal of a generation before it is left to the next attempt. While it is
    /// finalised no other generation can be attached, which a batch waits ten seconds for.
    package var detachLimit: Duration = .seconds(5)
    /// Pin: generate with this saved model instead of fitting one. Products that it does not know are not in the lists.
    package var modelVersion: String?
    /// Bytes that the process may use. A model may need half: its file and the model that serves are in memory too.
    package var memoryLimit = InstanceMemory.limit
    /// Megabytes of the instance, for what a run costs; nil where no setting says.
    package var configuredMemoryMB: Int?
    /// Bytes of a matrix of products by products that a model may have on an instance of any size: EASE takes 4 · products² bytes
    /// and products³ of work, so this limits its time too: 12,900 products.
    package var denseModelLimit = 640 << 20
    /// Written into manifests.
    package var codeVersion = "development"
    /// Name and version of every package of the build, written into manifests.
    package var packages: [String: String] = [:]

    package init() {}
}
