import FoundationEssentials
package import Logging
import RecPipeline
import TextFormats

/// Every setting, read once from the environment; nothing else in the program reads it.
///
/// Reading never fails: each bad setting becomes a problem and keeps its default, so that under the host the process can go
/// on listening and say what is wrong, while a command prints the list and ends.
package struct AppConfig: Sendable {
    /// Where the host expects us; 0 lets the system choose (tests).
    package var port = 8080
    /// The folder of host.json.
    package var rootFolder = "."
    var database = DatabaseSettings()
    package var blob = BlobSettings()
    package var azure = AzureSettings()
    package var adminKey = AdminKey(nil)
    package var auth = AuthSettings()
    /// Whether a purchase takes pieces out of a product's stock, and is refused when there are not enough.
    package var tracksStock = false
    /// Requests a minute that each caller may make; 0 for no limit.
    package var rateLimit = 0
    /// Seconds between two full batches; the row in PostgreSQL overrides it at run time.
    package var batchInterval = 21_600
    /// Users in one chunk of a batch.
    var batchSize = 1_000
    /// Users above which a timer's run hands its chunks over to queue invocations.
    var distributedAbove = 50_000
    /// Queue invocations that it calls at once.
    var maxScorers = 8
    /// Seconds that a process at work on a batch may be silent before another takes the job over.
    var batchLease = 60
    /// Seconds without a tick after which processes that serve requests do the timer's work: three periods of the cron in
    /// host.json.
    var timerSilence = 900
    /// Pin: batches make their lists with this saved model instead of fitting one. What is served is what is live.
    package var modelVersion: String?
    /// Megabytes that the process may use; nil for what the control group or the machine has.
    package var instanceMemoryMB: Int?
    /// Data sets that batches keep in the store; 0 writes none.
    package var keptSnapshots = 3
    /// Seconds after which a stored list is stale even without new events. Four batches of six hours.
    package var cacheTTL = 86_400
    package var allowedOrigins: Set<String> = []
    package var logLevel = Logger.Level.info
    package var requestBodyLimit = 1_048_576
    package var functionTimeout = FunctionTimeout.standard
    package var telemetry = TelemetrySettings()
    package var redaction = Redaction.none

    /// - Parameters:
    ///   - environment: the process's variables.
    ///   - hostJSON: the text of host.json, if there is one.
    static func load(
        _ environment: [String: String],
        hostJSON: String? = nil
    ) -> (config: AppConfig, problems: [SettingProblem]) {
        var reader = SettingsReader(environment)
        var config = AppConfig()
        reader.integer("FUNCTIONS_CUSTOMHANDLER_PORT", &config.port, in: 0...65_535)
        if let folder = reader.text("FUNCTIONS_APP_ROOT_PATH") { config.rootFolder = folder }
        config.database = .read(&reader)
        config.blob = .read(&reader)
        config.azure = .read(&reader)
        let adminKey = reader.text("ADMIN_API_KEY")
        config.adminKey = AdminKey(adminKey)
        config.auth = .read(&reader)
        reader.flag("TRACK_STOCK", &config.tracksStock)
        reader.integer("RATE_LIMIT", &config.rateLimit, in: 0...1_000_000, unit: "requests a minute")
        reader.integer(
            "RECOMMENDATION_BATCH_INTERVAL",
            &config.batchInterval,
            in: BatchSchedule.intervals,
            unit: "seconds"
        )
        reader.integer("BATCH_SIZE", &config.batchSize, in: 1...100_000, unit: "users")
        reader.integer("DISTRIBUTED_ABOVE_USERS", &config.distributedAbove, in: 0...1_000_000_000, unit: "users")
        reader.integer("MAX_SCORERS", &config.maxScorers, in: 1...1_000, unit: "invocations")
        reader.integer("BATCH_LEASE", &config.batchLease, in: 2...3_600, unit: "seconds")
        reader.integer("TIMER_SILENCE", &config.timerSilence, in: 3...86_400, unit: "seconds")
        config.modelVersion = reader.text("MODEL_VERSION")
        if let version = config.modelVersion, !ExternalID.isValid(version) {
            reader.refuse("MODEL_VERSION", "must be \(ExternalID.rule)")
        }
        if reader.text("INSTANCE_MEMORY_MB") != nil {
            var megabytes = 2_048
            reader.integer("INSTANCE_MEMORY_MB", &megabytes, in: 128...1_048_576, unit: "megabytes")
            config.instanceMemoryMB = megabytes
        }
        reader.integer("DATASET_SNAPSHOTS", &config.keptSnapshots, in: 0...1_000)
        reader.integer("CACHE_TTL", &config.cacheTTL, in: 1...31_536_000, unit: "seconds")
        config.allowedOrigins = origins(&reader)
        reader.choice("LOG_LEVEL", &config.logLevel)
        reader.integer("REQUEST_BODY_LIMIT", &config.requestBodyLimit, in: 1_024...104_857_600, unit: "bytes")
        config.functionTimeout = .read(&reader, hostJSON: hostJSON)
        config.telemetry = .read(&reader)
        reader.refuseUnresolved(beginningWith: unreadSettings)
        let secrets = [adminKey] + secretNames.map { environment[$0] }
        let storage = ["BLOB_STORAGE", "AzureWebJobsStorage"].compactMap { environment[$0] }
        config.redaction = Redaction(
            secrets: secrets.compactMap(\.self) + storage.flatMap(BlobSettings.secrets) + config.blob.secrets
                + config.telemetry.secrets
        )
        return (config, reader.problems)
    }

    /// Variables whose complete value is a secret.
    private static let secretNames = [
        "PGPASSWORD", "AZURE_CLIENT_SECRET", "IDENTITY_HEADER", "APPLICATIONINSIGHTS_CONNECTION_STRING",
        "NOTIFY_WEBHOOK_URL",
        "NOTIFY_WEBHOOK_SECRET",
    ]

    /// What the names of variables begin with that mean something to libpq inside this program, to the host on its behalf,
    /// or to a later version.
    private static let unreadSettings = ["PG", "JWT_", "AzureWebJobsStorage"]

    /// The configuration of this process.
    /// - Parameter port: given on the command line, wins over the environment.
    package static func loadFromProcess(port: Int? = nil) -> (config: AppConfig, problems: [SettingProblem]) {
        let environment = ProcessInfo.processInfo.environment
        let hostJSON = environment["FUNCTIONS_APP_ROOT_PATH"].flatMap { root in
            try? String(contentsOfFile: root + "/host.json", encoding: .utf8)
        }
        var loaded = load(environment, hostJSON: hostJSON)
        if let port { loaded.config.port = port }
        return loaded
    }

    /// One variable of this process; for commands that are told which to read.
    package static func variable(_ name: String) -> String? {
        ProcessInfo.processInfo.environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    private static func origins(_ reader: inout SettingsReader) -> Set<String> {
        var origins: Set<String> = []
        for origin in reader.list("CORS_ALLOWED_ORIGINS") {
            guard let origin = Origin.normalized(origin) else {
                reader.refuse(
                    "CORS_ALLOWED_ORIGINS",
                    "must list exact origins such as https://shop.example, without path and without *, separated by commas"
                )
                break
            }
            origins.insert(origin)
        }
        return origins
    }
}
